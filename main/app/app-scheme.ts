import { readFile } from 'node:fs/promises'
import { protocol, type Session } from 'electron'
import type { Logger } from '../engine/ports.ts'
import { APP_SCHEME, resolveAppFile } from './app-files.ts'
import { CONTENT_SECURITY_POLICY } from './content-security-policy.ts'

/** Makes `ferry:` a scheme with an origin, as strict as https. Must run before the app is ready. */
export function declareAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: APP_SCHEME,
      privileges: { standard: true, secure: true, codeCache: true, supportFetchAPI: true },
    },
  ])
}

/** Serves the files below `root` at `ferry://app/`, each with the policy that the page lives under. */
export function serveAppScheme(session: Session, root: string, logger: Logger): void {
  session.protocol.handle(APP_SCHEME, async (request) => {
    const found = resolveAppFile(root, request.method, request.url)
    if (found.kind === 'refused') return new Response(null, { status: found.status })
    try {
      const content = await readFile(found.path)
      return new Response(request.method === 'HEAD' ? null : new Uint8Array(content), {
        headers: {
          'content-type': found.contentType,
          'content-security-policy': CONTENT_SECURITY_POLICY,
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-resource-policy': 'same-origin',
          'referrer-policy': 'no-referrer',
          'x-content-type-options': 'nosniff',
        },
      })
    } catch (error) {
      logger.warn({ err: error }, 'a file of the app cannot be read')
      return new Response(null, { status: 404 })
    }
  })
}
