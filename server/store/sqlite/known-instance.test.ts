import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { backUp } from '../../cli/backup.ts'
import { KNOWN_FILE } from './known-file.ts'
import { DatabaseEmptied, ForeignDatabase, lookAtDatabase } from './look-at-database.ts'
import { DATABASE_FILE, openDatabase } from './open-database.ts'
import { isOpenToOthers } from './private-files.ts'

let base: string
let folder: string
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'ferry-instance-'))
  folder = join(base, 'data')
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

/** Starts on a folder and ends; under which name it ran. */
function run(at = folder): string {
  const { database, close } = openDatabase(at)
  const name = database.prepare("SELECT value FROM meta WHERE name = 'instance'").pluck().get()
  close()
  return String(name)
}

/** Puts a file in place of the stopped server's database, as cp does. */
function putBack(file: string, at = folder): void {
  for (const suffix of ['-wal', '-shm']) rmSync(join(at, DATABASE_FILE + suffix), { force: true })
  copyFileSync(file, join(at, DATABASE_FILE))
}

function unlike(names: readonly string[]): void {
  expect(new Set(names).size, names.join(' ')).toBe(names.length)
}

describe('[V8] each start on another copy has a new name', () => {
  test('a database that stays where it is keeps its name', () => {
    const first = run()
    expect([run(), run(), run()]).toEqual([first, first, first])
  })

  test('the same backup put back twice, and once more elsewhere, is told apart', () => {
    const first = run()
    const backup = join(base, 'monday.db')
    backUp(folder, backup)
    const names = [first]
    for (let i = 0; i < 3; i++) {
      putBack(backup)
      const name = run()
      expect(run()).toBe(name)
      names.push(name)
    }
    const elsewhere = join(base, 'elsewhere')
    mkdirSync(elsewhere)
    putBack(backup, elsewhere)
    unlike([...names, run(elsewhere)])
  })

  test('so is a file that was only copied, before a run and put back after it', () => {
    const first = run()
    const copy = join(base, 'copy.db')
    copyFileSync(join(folder, DATABASE_FILE), copy)
    expect(run()).toBe(first)
    putBack(copy)
    const second = run()
    putBack(copy)
    unlike([first, second, run()])
  })

  test('so is a whole folder that was copied, and a database put into a new folder', () => {
    const first = run()
    const other = join(base, 'other')
    cpSync(folder, other, { recursive: true })
    const bare = join(base, 'bare')
    mkdirSync(bare)
    putBack(join(folder, DATABASE_FILE), bare)
    unlike([first, run(other), run(bare)])
    expect(run()).toBe(first)
  })

  test('so is a whole folder that is put back, over the other or in its place, each time', () => {
    const first = run()
    const copy = join(base, 'folder-copy')
    cpSync(folder, copy, { recursive: true })
    expect(run()).toBe(first)
    const names = [first]
    for (let i = 0; i < 3; i++) {
      cpSync(copy, folder, { recursive: true })
      const name = run()
      expect(run()).toBe(name)
      names.push(name)
      rmSync(folder, { recursive: true })
      cpSync(copy, folder, { recursive: true })
      names.push(run())
    }
    unlike(names)
  })

  test('so is a backup that an older version made', () => {
    run()
    const old = join(base, 'old.db')
    copyFileSync(join(folder, DATABASE_FILE), old)
    const database = new Database(old)
    database.exec("DELETE FROM meta WHERE name = 'run'")
    database.close()
    const names = []
    for (let i = 0; i < 2; i++) {
      putBack(old)
      names.push(run())
    }
    unlike(names)
  })

  test('one of an older version keeps its name when it is upgraded', () => {
    const first = run()
    const database = new Database(join(folder, DATABASE_FILE))
    database.exec("DELETE FROM meta WHERE name = 'run'")
    database.close()
    rmSync(join(folder, KNOWN_FILE))
    expect([run(), run()]).toEqual([first, first])
  })

  test('what is beside it and cannot be read fits nothing', () => {
    const first = run()
    writeFileSync(join(folder, KNOWN_FILE), '{"inst')
    const second = run()
    unlike([first, second])
    expect(run()).toBe(second)
  })

  test('it is told up to when it knows what was said', () => {
    run()
    const backup = join(base, 'monday.db')
    backUp(folder, backup)
    putBack(backup)
    const { database, close } = openDatabase(folder)
    const told = database.prepare("SELECT value FROM meta WHERE name = 'restored_to'").pluck().get()
    expect(told).toBe(new Date(0).toISOString())
    close()
  })
})

describe('[V8] an empty database beside a known one', () => {
  test.each<[string, (file: string) => void]>([
    ['gone', (file) => rmSync(file)],
    ['cut to nothing', (file) => truncateSync(file, 0)],
    [
      'without a table',
      (file) => {
        rmSync(file)
        const empty = new Database(file)
        empty.pragma('user_version = 0')
        empty.close()
      },
    ],
  ])('%s is told, again and again, until it is put back', (_, empty) => {
    const first = run()
    const copy = join(base, 'copy.db')
    copyFileSync(join(folder, DATABASE_FILE), copy)
    empty(join(folder, DATABASE_FILE))
    for (let i = 0; i < 2; i++) expect(() => run()).toThrow(DatabaseEmptied)
    putBack(copy)
    expect(run()).not.toBe('')
    expect(first).not.toBe('')
  })

  test('its log is not touched, which may hold everything', () => {
    run()
    const log = join(folder, `${DATABASE_FILE}-wal`)
    truncateSync(join(folder, DATABASE_FILE), 0)
    writeFileSync(log, 'all that was written')
    expect(() => run()).toThrow(DatabaseEmptied)
    rmSync(join(folder, DATABASE_FILE))
    rmSync(join(folder, KNOWN_FILE))
    expect(() => run()).toThrow(DatabaseEmptied)
    expect(readFileSync(log, 'utf8')).toBe('all that was written')
  })

  test('a backup with nothing in it is told in a new folder, too', () => {
    mkdirSync(folder)
    writeFileSync(join(folder, DATABASE_FILE), '')
    expect(() => run()).toThrow(DatabaseEmptied)
    expect(() => backUp(folder, join(base, 'x.db'))).toThrow('nothing in')
  })

  test('a first start that was killed is begun again', () => {
    mkdirSync(folder)
    lookAtDatabase(folder, DATABASE_FILE)
    writeFileSync(join(folder, DATABASE_FILE), '')
    const first = run()
    expect(run()).toBe(first)
  })

  test("another program's database, or no database at all, is left alone", () => {
    mkdirSync(folder)
    const file = join(folder, DATABASE_FILE)
    writeFileSync(file, 'a letter to my aunt '.repeat(1_000))
    const before = readFileSync(file)
    expect(() => run()).toThrow(ForeignDatabase)
    expect(readFileSync(file)).toEqual(before)
    rmSync(file)
    const other = new Database(file)
    other.exec('CREATE TABLE songs (name TEXT)')
    other.close()
    expect(() => run()).toThrow(ForeignDatabase)
    expect(readdirSync(folder).sort()).toEqual([DATABASE_FILE, 'server.lock'])
  })

  test('whoever wants to begin anew can, as the words say', () => {
    const first = run()
    rmSync(join(folder, DATABASE_FILE))
    expect(() => run()).toThrow(KNOWN_FILE)
    rmSync(join(folder, KNOWN_FILE))
    expect(run()).not.toBe(first)
  })
})

describe('[V8] what a server writes is its owner’s alone', () => {
  const files = ['-wal', '-shm', ''].map((suffix) => DATABASE_FILE + suffix)
  const mode = (name: string) => statSync(join(folder, name)).mode & 0o777
  const look = () => {
    const { database, close } = openDatabase(folder)
    database.exec("INSERT OR REPLACE INTO meta VALUES ('x', 'y')")
    const modes = [...files, KNOWN_FILE, 'server.lock'].map(mode)
    close()
    return modes
  }
  const alone = [0o600, 0o600, 0o600, 0o600, 0o600]
  let umask = 0
  beforeEach(() => {
    umask = process.umask(0)
  })
  afterEach(() => {
    process.umask(umask)
  })

  test('the folder too when it makes it', () => {
    expect(look()).toEqual(alone)
    expect(mode('.')).toBe(0o700)
    expect(isOpenToOthers(folder)).toBe(false)
  })

  test('whatever the folder was, which stays so and is told', () => {
    mkdirSync(folder)
    chmodSync(folder, 0o1777)
    expect(look()).toEqual(alone)
    expect(statSync(folder).mode & 0o7777).toBe(0o1777)
    expect(isOpenToOthers(folder)).toBe(true)
  })

  test('also what was there before', () => {
    run()
    const older = `${DATABASE_FILE}.before`
    copyFileSync(join(folder, DATABASE_FILE), join(folder, older))
    for (const name of files.slice(0, 2)) writeFileSync(join(folder, name), '')
    for (const name of [...files, KNOWN_FILE, 'server.lock', older]) {
      chmodSync(join(folder, name), 0o666)
    }
    expect([...look(), mode(older)]).toEqual([...alone, 0o600])
  })
})
