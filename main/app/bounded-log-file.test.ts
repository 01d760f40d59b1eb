import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openBoundedLogFile } from './bounded-log-file.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-log-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

test('lines are on disk at once, and a second start appends', () => {
  const path = join(folder, 'logs', 'main.log')
  const first = openBoundedLogFile(path, 1000, vi.fn())
  first.write('one\n')
  expect(readFileSync(path, 'utf8')).toBe('one\n')
  first.close()
  const second = openBoundedLogFile(path, 1000, vi.fn())
  second.write('two\n')
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n')
  second.close()
})

test('however much is logged, two files of the given size are all', () => {
  const path = join(folder, 'main.log')
  const log = openBoundedLogFile(path, 100, vi.fn())
  for (let i = 0; i < 200; i++) log.write(`line ${String(i).padStart(4, '0')}\n`)
  log.close()
  expect(statSync(path).size).toBeLessThanOrEqual(100)
  expect(statSync(`${path}.1`).size).toBeLessThanOrEqual(100)
  expect(readFileSync(path, 'utf8').trimEnd().split('\n').at(-1)).toBe('line 0199')
  expect(existsSync(`${path}.2`)).toBe(false)
})

test('a log that cannot be written is told once, and works again when it can', () => {
  const blocked = join(folder, 'logs')
  writeFileSync(blocked, 'a file where the folder should be')
  const onFailure = vi.fn()
  const log = openBoundedLogFile(join(blocked, 'main.log'), 100, onFailure)
  log.write('lost\n')
  log.write('lost too\n')
  expect(onFailure).toHaveBeenCalledTimes(1)
  rmSync(blocked)
  mkdirSync(blocked)
  log.write('kept\n')
  expect(readFileSync(join(blocked, 'main.log'), 'utf8')).toBe('kept\n')
  log.close()
})
