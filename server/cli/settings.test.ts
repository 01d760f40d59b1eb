import { describe, expect, test } from 'vitest'
import { BadCommandLine, readCommandLine } from './settings.ts'

describe('the command line', () => {
  test('without flags: loopback, any port, ./data, 15 minutes, open, a cap of 50,000', () => {
    expect(readCommandLine([])).toEqual({
      command: 'serve',
      settings: {
        host: '127.0.0.1',
        port: 0,
        store: { kind: 'folder', folder: './data' },
        redis: null,
        editWindowMs: 15 * 60_000,
        rateLimit: 1_000,
        registration: 'open',
        streamCap: 50_000,
        maxWaitingBytes: 256 * 1024 * 1024,
        trustProxy: [],
        metrics: 'local',
        appSecret: null,
      },
    })
  })

  test('with every flag', () => {
    const args = [
      ...['--host', '0.0.0.0', '--port', '8080', '--data', '/var/lib/ferry'],
      ...['--database', 'postgres://db/ferry', '--redis', 'redis://cache:6379'],
      ...['--edit-window-minutes', '0.5', '--rate-limit', '0', '--registration', 'closed'],
      ...['--max-waiting-mib', '8'],
      ...['--stream-cap', '1000', '--metrics', 'any', '--trust-proxy', '10.0.0.0/8,::1'],
      ...['--trust-proxy', '192.168.0.0/16', '172.16.0.1', '--trust-proxy=fd00::/8'],
    ]
    expect(readCommandLine(args)).toEqual({
      command: 'serve',
      settings: {
        host: '0.0.0.0',
        port: 8080,
        store: { kind: 'postgres', connectionString: 'postgres://db/ferry' },
        redis: 'redis://cache:6379',
        editWindowMs: 30_000,
        rateLimit: 0,
        registration: 'closed',
        streamCap: 1000,
        maxWaitingBytes: 8 * 1024 * 1024,
        trustProxy: ['10.0.0.0/8', '::1', '192.168.0.0/16', '172.16.0.1', 'fd00::/8'],
        metrics: 'any',
        appSecret: null,
      },
    })
  })

  test('[V7] networks may follow one --trust-proxy, and a command after them is one', () => {
    const args = ['--trust-proxy', '10.0.0.0/8', '::1', 'backup', 'copy.db', '10.0.0.1']
    expect(() => readCommandLine(args)).toThrow('backup copy.db 10.0.0.1')
    expect(readCommandLine(args.slice(0, -1))).toMatchObject({ command: 'backup', file: 'copy.db' })
  })

  test('a database and a Redis may be told by the environment, where nobody sees their passwords', () => {
    const secrets = { database: 'postgres://x:pw@db/f', redis: 'redis://:pw@r', appSecret: 'app' }
    const told = readCommandLine([], secrets)
    expect(told).toMatchObject({
      settings: {
        store: { kind: 'postgres', connectionString: 'postgres://x:pw@db/f' },
        redis: 'redis://:pw@r',
        appSecret: 'app',
      },
    })
    expect(readCommandLine(['--redis', 'redis://other'], secrets)).toMatchObject({
      settings: { redis: 'redis://other' },
    })
    const wrong = () => readCommandLine([], { ...secrets, redis: 'the password' })
    expect(wrong).toThrow('FERRY_REDIS')
    expect(wrong).not.toThrow('the password')
  })

  test('backup names a file and a folder', () => {
    expect(readCommandLine(['backup', 'copy.db', '--data', 'there'])).toEqual({
      command: 'backup',
      folder: 'there',
      file: 'copy.db',
    })
  })

  test('restored names a database', () => {
    expect(readCommandLine(['restored', '--data', 'there'])).toEqual({
      command: 'restored',
      store: { kind: 'folder', folder: 'there' },
    })
    expect(readCommandLine(['restored', '--database', 'postgres://db/ferry'])).toEqual({
      command: 'restored',
      store: { kind: 'postgres', connectionString: 'postgres://db/ferry' },
    })
  })

  test.each([
    [['--help'], 'help'],
    [['backup', '--help'], 'help'],
    [['--port', '8080', '--version'], 'version'],
  ])('%j asks about the program', (args, command) => {
    expect(readCommandLine(args)).toEqual({ command })
  })

  test.each([
    [['--help=yes'], '--help'],
    [['--port', 'eighty'], '--port'],
    [['--port', '70000'], '--port'],
    [['--port', '-1'], '--port'],
    [['--port'], '--port'],
    [['--colour', 'blue'], '--colour'],
    [['--host', ''], '--host'],
    [['--data', ''], '--data'],
    [['--rate-limit', '1.5'], '--rate-limit'],
    [['--registration', 'maybe'], '--registration'],
    [['--database', 'mysql://x'], '--database'],
    [['--redis', 'nowhere'], '--redis'],
    [['--stream-cap', '0'], '--stream-cap'],
    [['--metrics', 'all'], '--metrics'],
    ...[
      'all',
      '10.0.0.0/33',
      '10.0.0.0/-1',
      '10.0.0',
      '::1/129',
      '10.0.0.1/8/8',
      '::ffff:0:0/9',
    ].map((network): [string[], string] => [['--trust-proxy', network], '--trust-proxy']),
    [['--edit-window-minutes', 'soon'], '--edit-window-minutes'],
    [['--edit-window-minutes', '9'.repeat(400)], '--edit-window-minutes'],
    [['dance'], 'dance'],
    [['backup'], 'backup'],
    [['backup', 'a', 'b'], 'backup'],
    [['restored', 'a'], 'restored'],
  ])('%j is refused in one line that names it', (args, named) => {
    expect(() => readCommandLine(args)).toThrow(BadCommandLine)
    expect(() => readCommandLine(args)).toThrow(named)
    expect(() => readCommandLine(args)).not.toThrow('\n')
  })
})
