import type { MessageBoxOptions } from 'electron'
import { expect, test, vi } from 'vitest'
import { UnresponsiveWindow } from './unresponsive-window.ts'

function setUp() {
  const questions: { options: MessageBoxOptions; answer: (button: number) => void }[] = []
  const restart = vi.fn()
  const ask = (options: MessageBoxOptions) =>
    new Promise<number>((answer) => {
      questions.push({ options, answer })
      options.signal?.addEventListener('abort', () => answer(options.cancelId ?? 0))
    })
  const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }
  return { questions, restart, logger, watch: new UnresponsiveWindow({ ask, restart, logger }) }
}

test('[V17] a page that hangs: Reload ends it, Wait does not, and it is asked again when it hangs again', async () => {
  const { watch, questions, restart } = setUp()
  const first = watch.hangs()
  expect(questions[0]?.options.buttons).toEqual(['Wait', 'Reload'])
  questions[0]?.answer(0)
  await first
  expect(restart).not.toHaveBeenCalled()
  const second = watch.hangs()
  questions[1]?.answer(1)
  await second
  expect(restart).toHaveBeenCalledOnce()
})

test('[V17] it is asked once at a time, and no more when the page answers again', async () => {
  const { watch, questions, restart } = setUp()
  const asked = watch.hangs()
  await watch.hangs()
  expect(questions).toHaveLength(1)
  watch.answers()
  questions[0]?.answer(1)
  await asked
  expect(restart).not.toHaveBeenCalled()
  void watch.hangs()
  expect(questions).toHaveLength(2)
})

test('[V17] a question that cannot be asked is logged', async () => {
  const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }
  const ask = () => Promise.reject(new Error('no display'))
  await new UnresponsiveWindow({ ask, restart: vi.fn(), logger }).hangs()
  expect(logger.error).toHaveBeenCalledOnce()
})
