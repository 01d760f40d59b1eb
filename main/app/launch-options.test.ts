import { expect, test } from 'vitest'
import { BadLaunchOption, readLaunchOptions } from './launch-options.ts'

test('a plain start has no options', () => {
  expect(readLaunchOptions(['electron', '.'], {}, false)).toEqual({
    serverUrlOverride: null,
    devServerUrl: null,
    reportPainted: 'no',
  })
})

test('FERRY_SERVER_URL is taken without its trailing slash', () => {
  const options = readLaunchOptions([], { FERRY_SERVER_URL: 'http://127.0.0.1:8080/' }, true)
  expect(options.serverUrlOverride).toBe('http://127.0.0.1:8080')
})

test.each(['127.0.0.1:8080', 'ftp://host', 'not a url', 'file:///etc/passwd'])(
  'FERRY_SERVER_URL %s is refused by name',
  (value) => {
    expect(() => readLaunchOptions([], { FERRY_SERVER_URL: value }, false)).toThrow(BadLaunchOption)
    expect(() => readLaunchOptions([], { FERRY_SERVER_URL: value }, false)).toThrow(
      'FERRY_SERVER_URL',
    )
  },
)

test('an empty FERRY_SERVER_URL is none', () => {
  expect(readLaunchOptions([], { FERRY_SERVER_URL: ' ' }, false).serverUrlOverride).toBeNull()
})

test('a packed program never loads a page from elsewhere', () => {
  const env = { ELECTRON_RENDERER_URL: 'http://localhost:5173' }
  expect(readLaunchOptions([], env, false).devServerUrl).toBe('http://localhost:5173')
  expect(readLaunchOptions([], env, true).devServerUrl).toBeNull()
})

test.each([
  [['--report-painted'], {}, 'print'],
  [['--report-painted=quit'], {}, 'print-and-quit'],
  [[], { FERRY_REPORT_PAINTED: '1' }, 'print'],
  [[], { FERRY_REPORT_PAINTED: 'quit' }, 'print-and-quit'],
  [[], { FERRY_REPORT_PAINTED: '' }, 'no'],
] as const)('%j with %j reports: %s', (argv, env, expected) => {
  expect(readLaunchOptions(argv, env, true).reportPainted).toBe(expected)
})
