import { expect, test, vi } from 'vitest'
import { METHODS } from '../../protocol/ipc/channels.ts'
import { answerCall, type Handlers, RefusedCall } from './call.ts'

const secret = 'the text of a message'
const key = '6f1c2f0e-30e6-4a6c-9a5b-2b6f1f0e30e6'

function collectingLogger() {
  const lines: string[] = []
  const write = (fields: object, message: string) => {
    lines.push(`${JSON.stringify(fields)} ${message}`)
  }
  return { lines, debug: write, info: write, warn: write, error: write }
}

/** Handlers that all run `answer`. */
function handlersOf(answer: (argument: unknown) => Promise<unknown>): Promise<Handlers> {
  const all = Object.fromEntries(METHODS.map((method) => [method, answer]))
  return Promise.resolve(all as unknown as Handlers)
}

test('a valid call reaches its handler with the parsed argument', async () => {
  const answer = vi.fn(async () => ({ ok: true, value: [] }))
  const result = await answerCall(
    'findUsers',
    { query: '  bob ' },
    true,
    handlersOf(answer),
    collectingLogger(),
  )
  expect(result).toEqual({ ok: true, value: [] })
  expect(answer).toHaveBeenCalledWith({ query: 'bob' })
})

test('a call from elsewhere is refused before anything is looked at', async () => {
  const answer = vi.fn(async () => null)
  const logger = collectingLogger()
  await expect(
    answerCall('copyText', { text: secret }, false, handlersOf(answer), logger),
  ).rejects.toThrow(RefusedCall)
  expect(answer).not.toHaveBeenCalled()
  expect(logger.lines.join('\n')).not.toContain(secret)
})

test('an argument that does not fit is refused by field, and no value is logged', async () => {
  const answer = vi.fn(async () => null)
  const logger = collectingLogger()
  const call = answerCall(
    'sendMessage',
    { key, conversation: `../${secret}`, body: 7 },
    true,
    handlersOf(answer),
    logger,
  )
  await expect(call).rejects.toThrow('sendMessage: the argument does not fit')
  await expect(call).rejects.toThrow('conversation')
  expect(answer).not.toHaveBeenCalled()
  expect(logger.lines.join('\n')).not.toContain(secret)
  expect(logger.lines.join('\n')).toContain('body')
})

test('an argument where none belongs is refused', async () => {
  const call = answerCall(
    'getState',
    { anything: 1 },
    true,
    handlersOf(async () => null),
    collectingLogger(),
  )
  await expect(call).rejects.toThrow(RefusedCall)
})

test('a handler that throws is logged, and its inside stays in main', async () => {
  const logger = collectingLogger()
  const call = answerCall(
    'getState',
    undefined,
    true,
    handlersOf(async () => {
      throw new Error('SELECT body FROM messages')
    }),
    logger,
  )
  await expect(call).rejects.toThrow('getState: failed inside')
  await expect(call).rejects.not.toThrow('SELECT')
  expect(logger.lines).toHaveLength(1)
})
