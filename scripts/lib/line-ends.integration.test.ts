import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ROOT } from './project.mjs'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-lines-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, stdio: 'pipe' })

test('a clone with core.autocrlf=true has the line ends that the checks want', () => {
  git('init', '-q', 'origin')
  copyFileSync(join(ROOT, '.gitattributes'), join(folder, 'origin', '.gitattributes'))
  for (const name of ['a.ts', 'a.mjs', 'a.json', 'a.css', 'a.md']) {
    writeFileSync(join(folder, 'origin', name), 'one\ntwo\n')
  }
  const who = ['-c', 'user.name=Ferry', '-c', 'user.email=ferry@ferry.example']
  git('-C', 'origin', 'add', '-A')
  git('-C', 'origin', ...who, 'commit', '-q', '-m', 'all')
  git('clone', '-q', '-c', 'core.autocrlf=true', 'origin', 'clone')
  for (const name of ['a.ts', 'a.mjs', 'a.json', 'a.css', 'a.md']) {
    expect(readFileSync(join(folder, 'clone', name), 'utf8'), name).toBe('one\ntwo\n')
  }
})
