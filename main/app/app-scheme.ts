import { readFile } from 'node:fs'
import { type ProtocolResponse, protocol, type Session } from 'electron'
import type { Logger } from '../engine/ports.ts'
import { APP_SCHEME, resolveAppFile } from './app-files.ts'
import { CONTENT_SECURITY_POLICY } from './content-security-policy.ts'

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

/** Makes `ferry:` a scheme with an origin, as strict as https. Must run before the app is ready. */
export function declareAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: APP_SCHEME,
      privileges: { standard: true, secure: true, codeCache: true, supportFetchAPI: true },
    },
  ])
}

/**
 * Serves the files below `root` at `ferry://app/`, each with the policy that the page lives under. `served` is told of
 * each file that was handed over.
 *
 * Not by `protocol.handle`: that loads Node's whole fetch first, and pumps each body through streams of this thread,
 * which together keep the first page waiting for a tenth of a second (docs/decisions/010-serving-the-page.md).
 */
export function serveAppScheme(
  session: Session,
  root: string,
  logger: Logger,
  served: (file: string) => void,
): void {
  session.protocol.registerBufferProtocol(APP_SCHEME, ({ method, url }, answer) => {
    const found = resolveAppFile(root, method, url)
    if (found.kind === 'refused') {
      answer(withoutBody(found.status))
      return
    }
    readFile(found.path, (error, content) => {
      if (error !== null) {
        logger.warn({ err: error }, 'a file of the app cannot be read')
        answer(withoutBody(404))
        return
      }
      answer({
        headers: { ...HEADERS, 'content-type': found.contentType },
        data: method === 'HEAD' ? Buffer.alloc(0) : content,
      })
      setImmediate(() => served(found.path))
    })
  })
}

function withoutBody(statusCode: number): ProtocolResponse {
  return { statusCode, data: Buffer.alloc(0) }
}
