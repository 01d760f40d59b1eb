import { expect, test, vi } from 'vitest'
import { QuitFlow } from './quit-flow.ts'

/** A flow whose question and shutdown are answered by the test. */
function flowOf(waiting: number) {
  const log: string[] = []
  let answer: (quit: boolean) => void = () => undefined
  let finish: () => void = () => undefined
  let fail: (error: Error) => void = () => undefined
  let late: () => void = () => undefined
  const flow = new QuitFlow({
    waitingCount: () => waiting,
    ask: (count) => {
      log.push(`ask ${count}`)
      return new Promise((resolve) => {
        answer = resolve
      })
    },
    shutDown: () => {
      log.push('shut down')
      return new Promise((resolve, reject) => {
        finish = resolve
        fail = reject
      })
    },
    exit: () => {
      log.push('exit')
    },
    timers: {
      set: (_delayMs, callback) => {
        late = callback
        return () => {
          log.push('in time')
        }
      },
    },
    logger: { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() },
  })
  return {
    flow,
    log,
    answer: (quit: boolean) => answer(quit),
    finish: () => finish(),
    fail: () => fail(new Error('disk full')),
    late: () => late(),
  }
}

const END = ['shut down', 'in time', 'exit']

test('with nothing waiting the user is not asked', async () => {
  const { flow, log, finish } = flowOf(0)
  const done = flow.requestedByUser()
  expect(flow.phase).toBe('closing')
  finish()
  await done
  expect(log).toEqual(END)
  expect(flow.phase).toBe('closed')
})

test('with messages waiting the user is told how many, and may quit', async () => {
  const { flow, log, answer, finish } = flowOf(3)
  const done = flow.requestedByUser()
  expect(log).toEqual(['ask 3'])
  answer(true)
  await vi.waitFor(() => expect(log).toContain('shut down'))
  finish()
  await done
  expect(log).toEqual(['ask 3', ...END])
})

test('who stays can quit later, and is asked again', async () => {
  const { flow, log, answer } = flowOf(3)
  const first = flow.requestedByUser()
  answer(false)
  await first
  expect(flow.phase).toBe('running')
  void flow.requestedByUser()
  expect(log).toEqual(['ask 3', 'ask 3'])
})

test('closing twice asks once and ends once', async () => {
  const { flow, log, answer, finish } = flowOf(1)
  const first = flow.requestedByUser()
  await flow.requestedByUser()
  answer(true)
  await vi.waitFor(() => expect(log).toContain('shut down'))
  await flow.requestedByUser()
  await flow.requestedBySystem()
  finish()
  await first
  expect(log).toEqual(['ask 1', ...END])
})

test('a signal is obeyed without a question, also while one is on screen', async () => {
  const { flow, log, answer, finish } = flowOf(5)
  const asked = flow.requestedByUser()
  const done = flow.requestedBySystem()
  finish()
  await done
  answer(false)
  await asked
  expect(log).toEqual(['ask 5', ...END])
  expect(flow.phase).toBe('closed')
})

test('a shutdown that fails still ends', async () => {
  const { flow, log, fail } = flowOf(0)
  const done = flow.requestedBySystem()
  fail()
  await done
  expect(log).toEqual(END)
})

test('a shutdown that hangs ends when its time is over', async () => {
  const { flow, log, late } = flowOf(0)
  const done = flow.requestedBySystem()
  late()
  await done
  expect(log.at(-1)).toBe('exit')
})

test('when the system goes down nothing holds the process back', () => {
  const { flow, log } = flowOf(5)
  flow.systemGoesDown()
  expect(flow.phase).toBe('closed')
  expect(log).toEqual(['shut down'])
})
