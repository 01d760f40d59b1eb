const APP_ORIGIN = 'ferry://app'
const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Whether a socket may be opened from here. A browser sends the origin of the page that asks, whatever the page wants:
 * so a web page elsewhere cannot use a visitor's server. Programs send none. Allowed are the app's own pages, pages
 * of this very host, and pages of this machine (a development server).
 *
 * @param origin the Origin header, if there is one
 * @param host the Host header
 */
export function isAllowedOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined || origin === APP_ORIGIN) return true
  if (!URL.canParse(origin)) return false
  const { protocol, host: from, hostname } = new URL(origin)
  if (protocol !== 'http:' && protocol !== 'https:') return false
  return from === host || LOOPBACK_NAMES.has(hostname)
}
