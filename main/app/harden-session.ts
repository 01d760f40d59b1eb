import type { Session } from 'electron'
import { devContentSecurityPolicy } from './content-security-policy.ts'

/**
 * Takes from the page what it does not need: every permission (asked for or looked up), devices, downloads, the
 * download of spelling dictionaries. The clipboard is written by main.
 */
export function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event) => event.preventDefault())
}

/** In development the page comes from the dev server, which sets no policy of its own. */
export function applyDevPolicy(session: Session, devServerUrl: string): void {
  const policy = devContentSecurityPolicy(devServerUrl)
  session.webRequest.onHeadersReceived({ urls: [`${devServerUrl}/*`] }, (details, answer) => {
    answer({
      responseHeaders: { ...details.responseHeaders, 'Content-Security-Policy': [policy] },
    })
  })
}
