import { expect, test } from 'vitest'
import { createJsonLog } from './json-log.ts'

function setUp() {
  const lines: string[] = []
  const write = (line: string) => lines.push(line)
  const log = createJsonLog({ write, pid: 7, now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6) })
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? 'null') }
}

test('a line is one JSON object with level, time, fields and message', () => {
  const { log, lines } = setUp()
  log.info({ version: '1.2.3' }, 'starting')
  expect(lines).toEqual([
    '{"level":30,"time":"2026-01-02T03:04:05.006Z","pid":7,"version":"1.2.3","msg":"starting"}\n',
  ])
})

test('levels are told apart, and what is for debugging is not written', () => {
  const { log, lines, last } = setUp()
  log.debug({}, 'detail')
  expect(lines).toEqual([])
  log.warn({}, 'odd')
  expect(last().level).toBe(40)
  log.error({}, 'bad')
  expect(last().level).toBe(50)
})

test('no field that may hold a text or a secret is written, at any depth', () => {
  const { log, lines } = setUp()
  const secret = 'S3CRET'
  log.error(
    {
      token: secret,
      password: secret,
      request: { body: secret, list: [{ text: secret }] },
      err: Object.assign(new Error('refused'), { body: secret }),
    },
    'refused',
  )
  expect(lines.join('')).not.toContain(secret)
  expect(lines.join('')).toContain('refused')
})

test('an error is written with its kind, stack, code and cause', () => {
  const { log, last } = setUp()
  const cause = new TypeError('the root')
  const err = Object.assign(new Error('no room', { cause }), { code: 'ENOSPC' })
  log.error({ err }, 'failed')
  expect(last().err).toMatchObject({
    type: 'Error',
    message: 'no room',
    code: 'ENOSPC',
    cause: { type: 'TypeError', message: 'the root' },
  })
  expect(last().err.stack).toContain('json-log.test')
})

test('a message with line breaks stays one line', () => {
  const { log, lines } = setUp()
  log.info({ list: ['a\nb'] }, 'two\nlines')
  expect(lines[0]?.trimEnd()).not.toContain('\n')
})

test('what cannot be written is said, never thrown', () => {
  const { log, last } = setUp()
  const circle: { self?: object; big: bigint } = { big: 12n }
  log.info(circle, 'big')
  expect(last()).toMatchObject({ big: '12', msg: 'big' })
  circle.self = circle
  log.info(circle, 'a circle')
  expect(last()).toMatchObject({ msg: 'a circle', level: 30 })
  expect(last().unwritable).toContain('circular')
})
