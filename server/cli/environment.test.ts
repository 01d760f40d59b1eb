import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BadEnvironment, readSecrets } from './environment.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-secrets-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function fileWith(text: string): string {
  const file = join(folder, 'secret')
  writeFileSync(file, text)
  return file
}

describe('[V17] secrets in the environment', () => {
  test('nothing set, or set to nothing, is no secret', () => {
    const none = { database: undefined, redis: undefined, appSecret: null }
    expect(readSecrets({})).toEqual(none)
    const empty = { FERRY_DATABASE: '', FERRY_DATABASE_FILE: '', FERRY_APP_SECRET: '' }
    expect(readSecrets(empty)).toEqual(none)
  })

  test.each(['FERRY_DATABASE', 'FERRY_REDIS'])(
    '%s_FILE names a file that holds it, whatever ends its line',
    (name) => {
      const secretOf = (environment: Record<string, string>) => {
        const { database, redis } = readSecrets(environment)
        return name === 'FERRY_DATABASE' ? database : redis
      }
      const url = 'postgres://ferry:p%20w@db/ferry'
      expect(secretOf({ [name]: url })).toBe(url)
      for (const end of ['', '\n', '\r\n', ' \n\n']) {
        expect(secretOf({ [`${name}_FILE`]: fileWith(url + end) })).toBe(url)
      }
    },
  )

  test('a file without a secret, both ways at once, or no such file are told in a line that tells no secret', () => {
    const told = (environment: Record<string, string>): string => {
      try {
        readSecrets(environment)
      } catch (error) {
        if (error instanceof BadEnvironment) return error.message
        throw error
      }
      return 'nothing'
    }
    const file = fileWith('postgres://x:hidden@db/f')
    const both = told({ FERRY_DATABASE: 'postgres://y:hidden@db/f', FERRY_DATABASE_FILE: file })
    expect(both).toBe('FERRY_DATABASE and FERRY_DATABASE_FILE are both set')
    const missing = join(folder, 'none')
    expect(told({ FERRY_REDIS_FILE: missing })).toBe(`FERRY_REDIS_FILE: ${missing} cannot be read`)
    expect(told({ FERRY_REDIS_FILE: folder })).toContain('cannot be read')
    const empty = fileWith(' \n')
    expect(told({ FERRY_DATABASE_FILE: empty })).toBe(`FERRY_DATABASE_FILE: ${empty} is empty`)
  })
})
