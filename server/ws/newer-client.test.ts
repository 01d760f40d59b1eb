import { expect, test } from 'vitest'
import { FEATURES, PROTOCOL_VERSION } from '../../protocol/wire/versions.ts'
import type { AccountService } from '../accounts/account-service.ts'
import type { Hub } from '../stream/hub.ts'
import type { Receiver } from '../stream/receiver.ts'
import { type GreetingContext, greet } from './greeting.ts'
import { readFrame } from './read-frame.ts'

const HELLO = { id: 1, op: 'hello', token: 'good', device: 'd', cursors: {} }
const read = (frame: object) => readFrame(Buffer.from(JSON.stringify(frame)), false)

/** What the server answers to a hello, as JSON. */
async function answer(hello: object, minProtocol?: number) {
  const frame = read({ ...HELLO, ...hello })
  if (frame.kind !== 'request' || frame.request.op !== 'hello') throw new Error('no hello')
  const known = { user: { id: 'ann', username: 'ann', displayName: 'Ann' }, tokenHash: 'hash' }
  const context = {
    accounts: {
      session: async () => known,
      sessionOfHash: async () => known,
    } as unknown as AccountService,
    hub: {
      sessionsOf: () => new Set(),
      open: async () => ({ session: {}, heads: new Map() }),
    } as unknown as Hub,
    editWindowMs: 1,
    instance: 'i',
    restoredTo: null,
    ...(minProtocol !== undefined && { minProtocol }),
  } satisfies GreetingContext
  const greeting = await greet(frame.request, () => ({}) as Receiver, context)
  if (!greeting.ok) return { closeCode: greeting.closeCode, error: greeting.answer.error }
  return greeting.answer.ok ? JSON.parse(`{${greeting.answer.fields}}`) : null
}

test('[G1] a client of version 99 is greeted, with what this server is', async () => {
  const newer = { protocol: 99, features: ['telepathy'], mood: 'good', locale: { tag: 'x' } }
  const server = { protocol: PROTOCOL_VERSION, minProtocol: 1, features: FEATURES }
  expect(await answer(newer)).toMatchObject({ server })
  expect(await answer({ protocol: 'many', features: 7 })).toMatchObject({ server })
  expect(await answer({})).toMatchObject({ server })
})

test('[G2] a client that is too old is told so, and closed with 4426', async () => {
  const refusal = { closeCode: 4426, error: { code: 'client_too_old', retryable: false } }
  expect(await answer({ protocol: 2 }, 3)).toMatchObject(refusal)
  expect(await answer({}, 2)).toMatchObject(refusal)
  expect(await answer({ protocol: 3 }, 3)).toHaveProperty('server')
})

test('[G1] an op that is not known is answered invalid, and a field that is not known passed over', () => {
  expect(read({ id: 7, op: 'teleport', key: 'k' })).toMatchObject({
    kind: 'misfit',
    id: 7,
    error: { code: 'invalid' },
  })
  const key = '00000000-0000-4000-8000-000000000001'
  const send = { id: 8, op: 'send', key, conversation: 'c', body: 'hi', mentions: ['u1'], x: {} }
  expect(read(send)).toMatchObject({ kind: 'request', request: { op: 'send', body: 'hi' } })
})
