/** Close codes of the socket. All but 4400, 4401 and 4426 mean: come back later, from your cursors. */
export const CloseCode = {
  goingAway: 1001,
  frameTooLarge: 1009,
  serviceRestart: 1012,
  tryAgainLater: 1013,
  notTheProtocol: 4400,
  unauthenticated: 4401,
  noHello: 4408,
  readsTooSlowly: 4413,
  clientTooOld: 4426,
} as const
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode]
