import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { restartable } from './restartable.mjs'

/** Says what happens to it, and takes a moment to end. */
const SCRIPT = `process.on('SIGTERM', () => setTimeout(() => { console.log('ending'); process.exit(0) }, 50))
process.on('SIGUSR2', () => process.exit(5))
setInterval(() => {}, 1000); console.log('up')`

const started: ChildProcess[] = []
const said: string[] = []

function start() {
  const child = spawn(process.execPath, ['-e', SCRIPT], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  started.push(child)
  child.stdout.setEncoding('utf8').on('data', (text: string) => said.push(text.trim()))
  return child
}

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  said.length = 0
})

test('the new one starts when the old one has ended, never beside it', async () => {
  const ends: number[] = []
  const process = restartable(start, (code) => ends.push(code))
  await process.restart()
  await expect.poll(() => said).toEqual(['up'])
  await process.restart()
  await expect.poll(() => said).toEqual(['up', 'ending', 'up'])
  await process.stop()
  await expect.poll(() => said).toEqual(['up', 'ending', 'up', 'ending'])
  expect(ends).toEqual([])
})

test('restarts that pile up are done once', async () => {
  const process = restartable(start, () => undefined)
  await process.restart()
  await expect.poll(() => said).toEqual(['up'])
  await Promise.all([process.restart(), process.restart(), process.restart()])
  expect(started).toHaveLength(2)
  await process.stop()
})

test('one that ends of itself is told with its code, and can be started again', async () => {
  const ends: number[] = []
  const process = restartable(start, (code) => ends.push(code))
  await process.restart()
  await expect.poll(() => said).toEqual(['up'])
  const [child] = started
  if (child === undefined) throw new Error('it did not start')
  const gone = once(child, 'exit')
  child.kill('SIGUSR2')
  await gone
  expect(ends).toEqual([5])
  await process.restart()
  await expect.poll(() => said).toEqual(['up', 'up'])
  await process.stop()
})
