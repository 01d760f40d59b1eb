import { expect, test } from 'vitest'
import { jsonTerminal } from './json-terminal.mjs'
import { createSteps } from './steps.mjs'

test('what a script says on the way is one JSON object a line', async () => {
  const written: string[] = []
  const stream = { write: (text: string) => written.push(text) }
  const steps = createSteps({
    terminal: jsonTerminal(stream, () => new Date(0)),
    now: () => 0,
  })
  await steps.step('Building', async () => undefined)
  steps.note('\nFailed: Building\nCause:  "no" room')
  const lines = written.join('').trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toEqual(
    ['• Building', '✓ Building (0.0 s)', 'Failed: Building', 'Cause:  "no" room'].map((msg) => ({
      level: 30,
      time: '1970-01-01T00:00:00.000Z',
      name: 'ferry-start',
      msg,
    })),
  )
})
