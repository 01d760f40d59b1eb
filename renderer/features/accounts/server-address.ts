import { isThisComputer } from '../../../protocol/insecure-address.ts'

/**
 * What the user typed as a server's address, as a URL, or null when it cannot be one. Without a scheme it is https,
 * but for this computer itself, where there is nobody to listen in. Path, query and fragment are not part of it.
 */
export function parseServerAddress(text: string): string | null {
  const typed = text.trim()
  if (typed === '' || /\s/.test(typed)) return null
  const scheme = /^[a-z][a-z\d+.-]*:\/\//i.test(typed) ? '' : guessScheme(typed)
  const url = URL.canParse(scheme + typed) ? new URL(scheme + typed) : null
  if (url === null || url.hostname === '') return null
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null
  return url.origin
}

/** The server of an address, for words about it. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}

function guessScheme(address: string): string {
  const host = /^(\[[^\]]*\]|[^:/]*)/.exec(address)?.[0] ?? ''
  return isThisComputer(host) ? 'http://' : 'https://'
}
