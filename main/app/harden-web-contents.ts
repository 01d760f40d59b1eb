import type { App, WebContents } from 'electron'
import type { Logger } from '../engine/ports.ts'

/**
 * Keeps every web contents that is ever created on `page`: no other window, no embedded guest, no navigation but a
 * reload of the page itself. Attempts are logged without the address, which may hold what somebody wrote.
 */
export function hardenWebContents(app: App, page: string, logger: Logger): void {
  app.on('web-contents-created', (_event, contents) => harden(contents, page, logger))
}

function harden(contents: WebContents, page: string, logger: Logger): void {
  const stayOnPage = (event: { url: string; preventDefault: () => void }) => {
    if (withoutFragment(event.url) === withoutFragment(page)) return
    event.preventDefault()
    logger.warn({ contents: contents.id }, 'navigation away from the app refused')
  }
  contents.on('will-navigate', stayOnPage)
  contents.on('will-frame-navigate', stayOnPage)
  contents.on('will-redirect', stayOnPage)
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => {
    logger.warn({ contents: contents.id }, 'a new window refused')
    return { action: 'deny' }
  })
}

function withoutFragment(url: string): string {
  return url.split('#', 1)[0] ?? url
}
