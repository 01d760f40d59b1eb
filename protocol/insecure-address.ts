/** What counts of a URL that was parsed. */
interface Address {
  /** With its colon. */
  readonly protocol: string
  readonly hostname: string
}

/** Whether everybody on the way to a server can read what is written, passwords too: `http:` beyond this computer. */
export function isReadableOnTheWay({ protocol, hostname }: Address): boolean {
  return protocol === 'http:' && !isThisComputer(hostname)
}

/** Whether a host, as URLs write it, is this computer, where nobody is on the way. */
export function isThisComputer(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(hostname)
}
