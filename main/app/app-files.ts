import { extname, join, normalize, sep } from 'node:path'

/** The only host of the scheme; its page is the app. */
export const APP_SCHEME = 'ferry'
const APP_HOST = 'app'
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`
export const APP_PAGE = `${APP_ORIGIN}/index.html`

const CONTENT_TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.json', 'application/json; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.woff2', 'font/woff2'],
])

/** Where a request leads: a file below the root with its type, or the status that answers it. */
export type AppFile =
  | { readonly kind: 'file'; readonly path: string; readonly contentType: string }
  | { readonly kind: 'refused'; readonly status: 400 | 404 | 405 }

/**
 * Finds the file for a request of the `ferry://app/` scheme. Only files below `root` with a type we ship are found:
 * whatever an address tries (`..`, encoded slashes, NUL, backslashes, another host), nothing above `root` is.
 */
export function resolveAppFile(root: string, method: string, url: string): AppFile {
  if (method !== 'GET' && method !== 'HEAD') return { kind: 'refused', status: 405 }
  const path = pathOf(url)
  if (path === null) return { kind: 'refused', status: 400 }
  const wanted = path === '/' ? '/index.html' : path
  const file = normalize(join(root, wanted))
  const contentType = CONTENT_TYPES.get(extname(file))
  if (!file.startsWith(root.endsWith(sep) ? root : root + sep) || contentType === undefined) {
    return { kind: 'refused', status: 404 }
  }
  return { kind: 'file', path: file, contentType }
}

/** The decoded path of an address on our host; null where it is none, or hides something. */
function pathOf(url: string): string | null {
  if (!URL.canParse(url)) return null
  const { protocol, host, pathname } = new URL(url)
  if (protocol !== `${APP_SCHEME}:` || host !== APP_HOST) return null
  try {
    const decoded = decodeURIComponent(pathname)
    return /[\0\\]|\/\.\.(\/|$)/.test(decoded) ? null : decoded
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
}
