/** How names are compared: without case, and without the difference between forms of one character. */

/** The username as it is compared and kept unique. */
export function usernameKey(username: string): string {
  return foldCase(username)
}

/** A text as it is searched: NFKC, lower case. */
export function foldCase(text: string): string {
  return text.normalize('NFKC').toLowerCase().normalize('NFKC')
}
