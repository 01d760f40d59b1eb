import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DATABASE_FILE } from './store/sqlite/open-database.ts'
import { post, runToEnd, ServerProcess } from './test-support/server-process.ts'
import { WireClient } from './test-support/wire-client.ts'
import { VERSION } from './version.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-main-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test.each([
  [['--colour', 'blue'], '--colour'],
  [['--rate-limit', 'fast'], '--rate-limit'],
])('a bad flag is one line on stderr and exit 2: %j', async (args, named) => {
  const { code, stdout, stderr } = await runToEnd(args)
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  expect(stderr).toContain(named)
})

test('--help tells every flag on stdout and exits 0, --version the version', async () => {
  const help = await runToEnd(['--help'])
  expect(help).toMatchObject({ code: 0, stderr: '' })
  for (const flag of ['host', 'port', 'data', 'database', 'redis', 'edit-window-minutes']) {
    expect(help.stdout).toContain(`--${flag} `)
  }
  for (const flag of ['rate-limit', 'registration', 'stream-cap', 'help', 'version']) {
    expect(help.stdout).toContain(`--${flag}`)
  }
  const version = await runToEnd(['--version'])
  expect(version).toMatchObject({ code: 0, stdout: `ferry-server ${VERSION}\n`, stderr: '' })
})

test('a port that is taken is one line and exit 1', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as AddressInfo
  const { code, stderr } = await runToEnd(['--data', join(folder, 'taken'), '--port', String(port)])
  expect(code).toBe(1)
  expect(stderr).toContain('EADDRINUSE')
  other.close()
})

test('[V11] a SIGTERM right after the first line ends it with 0', async () => {
  for (let i = 0; i < 5; i++) {
    const server = await ServerProcess.start()
    expect(await server.end('SIGTERM')).toMatchObject({ code: 0, signal: null })
    await server.dispose()
  }
})

test('[V11] a signal that comes twice, as npm and a terminal send it, is one stop', async () => {
  const server = await ServerProcess.start()
  const { token } = await server.account('ann')
  const client = await WireClient.open(server.url, token)
  // It does not answer the goodbye, so that the stop is still under way when the second signal comes.
  client.socket.pause()
  const { pid } = server
  const ended = server.end('SIGTERM')
  await expect.poll(() => server.stderr).toContain('stopping')
  process.kill(pid, 'SIGTERM')
  expect(await ended).toMatchObject({ code: 0, signal: null })
  await server.dispose()
})

test('two servers do not share a folder; one that was killed leaves it free', async () => {
  const server = await ServerProcess.start()
  const second = await runToEnd(['--data', server.folder])
  expect(second).toMatchObject({ code: 1, stdout: '' })
  expect(second.stderr).toContain('another server uses this folder')
  await server.kill()
  await server.restart()
  await server.dispose()
})

test('--registration closed takes no new accounts; --edit-window-minutes is told in hello and holds', async () => {
  const server = await ServerProcess.start(['--edit-window-minutes', '0'])
  const { token } = await server.account('ann')
  const client = await WireClient.connect(server.url)
  expect((await client.hello(token)).server.editWindowMs).toBe(0)
  const { conversation } = await client.ask('conversation.create', { kind: 'group', members: [] })
  const { message } = await client.send(conversation.id, 'final')
  await expect
    .poll(() =>
      client.codeOf({
        op: 'edit',
        key: randomUUID(),
        message: message.id,
        body: 'x',
        baseVersion: 9,
      }),
    )
    .toBe('edit_window_expired')
  await server.dispose()

  const closed = await ServerProcess.start(['--registration', 'closed'])
  const account = { username: 'ann', displayName: 'Ann', password: 'long enough' }
  expect(await post(closed.url, '/v1/accounts', account)).toMatchObject({
    status: 403,
    body: { code: 'registration_closed' },
  })
  await closed.dispose()
})

test('backup copies a database in use; put in place of a lost one, all that was there is there', async () => {
  const server = await ServerProcess.start()
  const { token } = await server.account('ann')
  const client = await WireClient.connect(server.url)
  const { instance } = (await client.hello(token)).server
  const { conversation } = await client.ask('conversation.create', { kind: 'group', members: [] })
  const before = Array.from({ length: 50 }, (_, i) => `before ${i}`)
  for (const body of before) await client.send(conversation.id, body)
  // More comes while the copy is made.
  const during = Promise.all(before.map((body) => client.send(conversation.id, `during ${body}`)))
  const file = join(folder, 'copy.db')
  expect(await runToEnd(['backup', file, '--data', server.folder])).toMatchObject({ code: 0 })
  await during
  const twice = await runToEnd(['backup', file, '--data', server.folder])
  expect(twice).toMatchObject({ code: 1, stderr: expect.stringContaining('exists') })
  expect((await stat(file)).mode & 0o777).toBe(0o600)

  await server.kill()
  for (const leftover of ['', '-wal', '-shm']) {
    await rm(join(server.folder, `${DATABASE_FILE}${leftover}`), { force: true })
  }
  await rename(file, join(server.folder, DATABASE_FILE))
  await server.restart()
  const restored = await WireClient.connect(server.url)
  const hello = await restored.hello(token)
  const { messages } = await restored.ask('history', { conversation: conversation.id, limit: 200 })
  expect(messages.map(({ body }) => body)).toEqual(expect.arrayContaining(before))
  // What comes now is another history: clients know it by the name, and up to when it is the same.
  expect(hello.server.instance).not.toBe(instance)
  expect(hello.server.restoredTo).toBe(messages[0]?.createdAt)
  await server.dispose()
})

test('[V8] what a killed backup left is no backup, and stands in no way', async () => {
  const server = await ServerProcess.start()
  const file = join(folder, 'killed.db')
  // No process has such a number; one that is under way keeps its own.
  const left = `${file}.4194999.partial`
  for (const name of [left, `${left}-journal`]) await writeFile(name, 'half a copy')
  const others = `${file}.${process.pid}.partial`
  await writeFile(others, 'half a copy of another')
  expect(await runToEnd(['backup', file, '--data', server.folder])).toMatchObject({ code: 0 })
  const there = (await readdir(folder)).filter((name) => name.startsWith('killed')).sort()
  expect(there).toEqual(['killed.db', basename(others)])
  await server.dispose()
})

test('[V8] a folder and a PostgreSQL are not taken for one another', async () => {
  const file = join(folder, 'which.db')
  const both = ['--data', folder, '--database', 'postgres://nowhere/ferry']
  expect(await runToEnd(['backup', file, ...both])).toMatchObject({ code: 2 })
  expect(await runToEnd(['backup', file, ...both.slice(2)])).toMatchObject({ code: 2 })
  expect(await runToEnd(['restored', ...both])).toMatchObject({ code: 2 })
  expect(await readdir(folder)).not.toContain('which.db')
})

test('[V8] a server whose database was emptied says so and ends, and begins nothing anew', async () => {
  const server = await ServerProcess.start()
  await server.end('SIGTERM')
  await rm(join(server.folder, DATABASE_FILE))
  const ending = await runToEnd(['--data', server.folder])
  expect(ending).toMatchObject({ code: 3, stdout: '' })
  expect(ending.stderr.trimEnd().split('\n')).toEqual([expect.stringContaining('empty or gone')])
  await server.dispose()
})

test('backup without a database, or without a file name, says so', async () => {
  const nothing = await runToEnd(['backup', join(folder, 'x.db'), '--data', join(folder, 'empty')])
  expect(nothing).toMatchObject({ code: 1, stderr: expect.stringContaining('no database') })
  expect(await runToEnd(['backup'])).toMatchObject({ code: 2 })
})

test('a database that is put back by other means gets a new name by `restored`, while no server uses it', async () => {
  const server = await ServerProcess.start()
  const { token } = await server.account('ann')
  const instance = async () => {
    const client = await WireClient.connect(server.url)
    const reply = await client.hello(token)
    await client.cut()
    return reply.server.instance
  }
  const before = await instance()
  const inUse = await runToEnd(['restored', '--data', server.folder])
  expect(inUse).toMatchObject({ code: 1, stderr: expect.stringContaining('another server') })
  await server.end('SIGTERM')
  expect(await runToEnd(['restored', '--data', server.folder])).toMatchObject({ code: 0 })
  await server.restart()
  expect(await instance()).not.toBe(before)
  await server.dispose()
  const nothing = await runToEnd(['restored', '--data', join(folder, 'empty')])
  expect(nothing).toMatchObject({ code: 1, stderr: expect.stringContaining('no database') })
})
