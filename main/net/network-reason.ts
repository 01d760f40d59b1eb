import type { NetworkReason } from '../../protocol/wire/failure.ts'

/** What the operating system, the resolver or TLS said, as a reason of ours. By code only, never by text. */
const REASONS: ReadonlyMap<string, NetworkReason> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['ENOTFOUND', 'name_not_found'],
  ['EAI_AGAIN', 'name_not_found'],
  ['EAI_NODATA', 'name_not_found'],
  ['ETIMEDOUT', 'unreachable'],
  ['EHOSTUNREACH', 'unreachable'],
  ['EHOSTDOWN', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['ENETDOWN', 'unreachable'],
  ['EADDRNOTAVAIL', 'unreachable'],
  ['UND_ERR_CONNECT_TIMEOUT', 'unreachable'],
  ['ECONNRESET', 'cut'],
  ['ECONNABORTED', 'cut'],
  ['EPIPE', 'cut'],
  ['UND_ERR_SOCKET', 'cut'],
  ['EPROTO', 'tls'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
  ['HOSTNAME_MISMATCH', 'tls'],
  ['INVALID_CA', 'tls'],
  ['INVALID_PURPOSE', 'tls'],
  ['PATH_LENGTH_EXCEEDED', 'tls'],
])

/** Families of codes: certificates and TLS, HTTP that cannot be parsed, frames that are not WebSocket's. */
const PREFIXES: readonly (readonly [string, NetworkReason])[] = [
  ['CERT_', 'tls'],
  ['CRL_', 'tls'],
  ['UNABLE_TO_', 'tls'],
  ['ERROR_IN_CERT_', 'tls'],
  ['ERROR_IN_CRL_', 'tls'],
  ['ERR_TLS_', 'tls'],
  ['ERR_SSL_', 'tls'],
  ['HPE_', 'not_our_server'],
  ['WS_ERR_', 'not_our_server'],
]

/** The reason that an error of `ws` or `fetch` stands for; `fallback` when it names none. */
export function networkReason(error: unknown, fallback: NetworkReason): NetworkReason {
  for (const code of codesOf(error)) {
    const known = REASONS.get(code) ?? PREFIXES.find(([prefix]) => code.startsWith(prefix))?.[1]
    if (known !== undefined) return known
  }
  return fallback
}

/** The codes of an error, of its cause, and of the addresses that were tried in turn. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : []
  const tried = error instanceof AggregateError ? error.errors.flatMap(codesOf) : []
  return [...own, ...codesOf(error.cause), ...tried]
}

/** A network that wants a sign-in of its own first (RFC 6585). */
const NETWORK_AUTHENTICATION_REQUIRED = 511

/**
 * An HTTP answer that is not ours where ours was expected: a gateway in front of a server that is down, or, for any
 * other status, somebody else (a captive portal, a wrong address).
 */
export function reasonOfHttpStatus(status: number): NetworkReason {
  if (status === NETWORK_AUTHENTICATION_REQUIRED) return 'not_our_server'
  return status >= 500 || status === 429 ? 'unreachable' : 'not_our_server'
}
