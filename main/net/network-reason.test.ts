import { describe, expect, test } from 'vitest'
import { networkReason, reasonOfHttpStatus } from './network-reason.ts'

const failed = (code: string, cause?: unknown) =>
  Object.assign(new Error('words that nobody reads', { cause }), { code })

describe('what the system says, as a reason', () => {
  test.each([
    ['ECONNREFUSED', 'refused'],
    ['ENOTFOUND', 'name_not_found'],
    ['ENETUNREACH', 'unreachable'],
    ['ECONNRESET', 'cut'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['CRL_HAS_EXPIRED', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls'],
    ['UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY', 'tls'],
    ['INVALID_CA', 'tls'],
    ['HPE_INVALID_CONSTANT', 'not_our_server'],
    ['WS_ERR_INVALID_OPCODE', 'not_our_server'],
    ['EBRANDNEW', 'unknown'],
  ])('[O6] %s: %s', (code, reason) => {
    expect(networkReason(failed(code), 'unknown')).toBe(reason)
  })

  test('[O6] the cause counts, and each address that was tried', () => {
    expect(networkReason(failed('X', failed('EPIPE')), 'unknown')).toBe('cut')
    const tried = new AggregateError([failed('EHOSTUNREACH')], 'words')
    expect(networkReason(tried, 'unknown')).toBe('unreachable')
    expect(networkReason('no error at all', 'cut')).toBe('cut')
  })

  test.each([
    [200, 'not_our_server'],
    [302, 'not_our_server'],
    [407, 'not_our_server'],
    [429, 'unreachable'],
    [503, 'unreachable'],
    [511, 'not_our_server'],
  ])('[O6] an HTTP %i that is not ours: %s', (status, reason) => {
    expect(reasonOfHttpStatus(status)).toBe(reason)
  })
})
