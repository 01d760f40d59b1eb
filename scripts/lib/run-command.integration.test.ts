import { describe, expect, test } from 'vitest'
import { describeResult, runCommand, runOrFail } from './run-command.mjs'
import { Interrupted, StepFailure } from './step-failure.mjs'

const never = new AbortController().signal
const node = (script: string, options: Partial<Parameters<typeof runCommand>[2]> = {}) =>
  runCommand(process.execPath, ['-e', script], { abort: never, ...options })

/** A process that stays until it is ended. */
const STAY = 'setInterval(() => {}, 1000)'

describe('a command', () => {
  test('is run to its end, its output kept and told line by line', async () => {
    const lines: string[] = []
    const result = await node('console.log("one"); console.error("two"); process.exit(3)', {
      onLine: (line) => lines.push(line),
    })
    expect(result).toMatchObject({ kind: 'exited', code: 3, stdout: 'one\n' })
    expect(lines.sort()).toEqual(['one', 'two'])
  })

  test('that does not exist is told, not thrown', async () => {
    const result = await runCommand('ferry-no-such-command', [], { abort: never })
    expect(result.kind).toBe('not-started')
    expect(describeResult('it', result)).toContain('it could not be started')
  })

  test('that takes too long is ended', async () => {
    expect(await node(STAY, { timeoutMs: 50 })).toMatchObject({ kind: 'timeout', afterMs: 50 })
  })

  test('that falls silent is ended; one that goes on talking is not', async () => {
    expect(await node(`console.log(1); ${STAY}`, { silenceMs: 300 })).toMatchObject({
      kind: 'timeout',
    })
    const talking =
      'let n = 0; const t = setInterval(() => { console.log(n); if (++n === 20) clearInterval(t) }, 50)'
    expect(await node(talking, { silenceMs: 700 })).toMatchObject({ kind: 'exited', code: 0 })
  })

  test('is ended with its children', async () => {
    // The child holds the same stdout, so that the command only counts as ended once the child is.
    const child = `spawn(process.execPath, ['-e', '${STAY}'], { stdio: 'inherit' })`
    const parent = `require('node:child_process').${child}; console.log('up'); ${STAY}`
    const abort = new AbortController()
    const running = node(parent, { abort: abort.signal, onLine: () => abort.abort('SIGTERM') })
    await expect(running).rejects.toThrow(Interrupted)
  })

  test('does not start after an interruption', async () => {
    const abort = new AbortController()
    abort.abort('SIGINT')
    await expect(node(STAY, { abort: abort.signal })).rejects.toThrow(Interrupted)
  })
})

test('a failure names step, cause and what to do, without the tool’s own stack', async () => {
  const script = 'console.error("cannot reach the host"); throw new Error("gave up")'
  const failing = runOrFail(process.execPath, ['-e', script], {
    abort: never,
    step: 'Fetching',
    remedy: 'Connect.',
  })
  const failure = await failing.catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(StepFailure)
  expect(failure).toMatchObject({ step: 'Fetching', remedy: 'Connect.' })
  const { message } = failure as StepFailure
  expect(message).toContain('cannot reach the host')
  expect(message).not.toMatch(/^\s+at /m)
})
