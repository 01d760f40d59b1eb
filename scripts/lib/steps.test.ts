import { describe, expect, test } from 'vitest'
import { createSteps, formatDuration } from './steps.mjs'

function terminal(isTTY: boolean) {
  const lines: string[] = []
  return { isTTY, columns: 40, write: (text: string) => lines.push(text), lines }
}

describe('progress', () => {
  test('on a pipe: a line at the start and one at the end', async () => {
    const out = terminal(false)
    let now = 0
    const steps = createSteps({ terminal: out, now: () => now })
    const result = await steps.step('Working', async () => {
      now = 12_000
      return 7
    })
    expect(result).toBe(7)
    expect(out.lines.join('')).toBe('• Working\n✓ Working (12 s)\n')
  })

  test('a failed step says so and passes its error on', async () => {
    const out = terminal(false)
    const steps = createSteps({ terminal: out, now: () => 0 })
    const failing = steps.step('Working', () => Promise.reject(new Error('full')))
    await expect(failing).rejects.toThrow('full')
    expect(out.lines.at(-1)).toBe('✗ Working (0.0 s)\n')
  })

  test('on a terminal: one line, repainted, never wider than the screen', async () => {
    const out = terminal(true)
    const steps = createSteps({ terminal: out, now: () => 0 })
    await steps.step('W'.repeat(100), async () => undefined)
    const painted = out.lines[0]?.replace('\r\u001b[K', '') ?? ''
    expect(painted.length).toBeLessThan(40)
    expect(painted).not.toContain('\n')
  })
})

test.each([
  [0, '0.0 s'],
  [9_949, '9.9 s'],
  [59_400, '59 s'],
  [125_000, '2 min 5 s'],
])('%d ms is "%s"', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})
