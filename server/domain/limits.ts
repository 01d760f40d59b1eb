/** Most different emoji on one message. */
export const MAX_EMOJIS_A_MESSAGE = 50
