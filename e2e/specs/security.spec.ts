import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { METHODS } from '../../protocol/ipc/channels.ts'
import { PASSWORD } from '../support/bootstrap.ts'
import { expect, test } from '../support/fixtures.ts'
import { PROJECT_FOLDER } from '../support/project.ts'

test('the page has no Node, no eval, and nothing of the outside but the preload API', async ({
  world,
}) => {
  const app = await world.launch('ann')
  await expect(app.welcome.heading).toBeVisible()
  const inside = await app.page.evaluate(async () => {
    const globals = ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer']
    const attempt = (run: () => unknown) => {
      try {
        return String(run())
      } catch (error) {
        return error instanceof Error ? error.name : 'thrown'
      }
    }
    const refused = (call: Promise<unknown>) =>
      call.then(
        () => 'answered',
        () => 'refused',
      )
    return {
      origin: window.location.origin,
      globals: globals.filter((name) => name in window),
      api: Object.keys(window.ferry).sort(),
      replaced: attempt(() => Reflect.set(window, 'ferry', null)),
      // Outside of the evaluation itself, which the debugger exempts from the policy.
      evaluated: await new Promise((resolve) => {
        window.requestAnimationFrame(() => resolve(attempt(() => new Function('return 1')())))
      }),
      fetchedFile: await refused(fetch('file:///etc/passwd')),
      fetchedElsewhere: await refused(fetch('http://127.0.0.1:9/')),
      climbed: (await fetch('ferry://app/%2e%2e/%2e%2e/package.json')).status,
      notification: await Notification.requestPermission(),
      microphone: await refused(navigator.mediaDevices.getUserMedia({ audio: true })),
    }
  })
  expect(inside).toEqual({
    origin: 'ferry://app',
    globals: [],
    api: [...METHODS, 'subscribe'].sort(),
    replaced: 'false',
    evaluated: 'EvalError',
    fetchedFile: 'refused',
    fetchedElsewhere: 'refused',
    climbed: 404,
    notification: 'denied',
    microphone: 'refused',
  })
})

test('the window is sandboxed and isolated, under a strict policy', async ({ world }) => {
  const app = await world.launch('ann')
  await expect(app.welcome.heading).toBeVisible()
  const preferences = await app.electron.evaluate(({ webContents }) => {
    const preferencesOf = (contents: object) =>
      'getLastWebPreferences' in contents && typeof contents.getLastWebPreferences === 'function'
        ? contents.getLastWebPreferences()
        : null
    return webContents.getAllWebContents().map(preferencesOf)
  })
  expect(preferences).toHaveLength(1)
  expect(preferences[0]).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
  })
  const policy = await app.page.evaluate(async () =>
    (await fetch('ferry://app/index.html')).headers.get('content-security-policy'),
  )
  expect(policy?.split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ])
})

test('no other window opens, and the page stays where it is', async ({ world }) => {
  const app = await world.launch('ann')
  await expect(app.welcome.heading).toBeVisible()
  const opened = await app.page.evaluate(() => window.open('https://example.org') !== null)
  expect(opened).toBe(false)
  for (const target of ['https://example.org/', 'file:///etc/passwd', 'ferry://app/assets/']) {
    await app.page.evaluate((url) => {
      window.location.href = url
    }, target)
  }
  await app.page.evaluate(() => {
    const frame = document.createElement('iframe')
    frame.src = 'https://example.org/'
    document.body.append(frame)
  })
  const shown = await app.electron.evaluate(async ({ webContents }) => {
    const contents = webContents.getAllWebContents()
    const words: string = await contents[0]?.executeJavaScript('document.body.innerText')
    return { urls: contents.map((each) => each.getURL()), words }
  })
  expect(shown.urls).toEqual(['ferry://app/index.html'])
  expect(shown.words).toContain('Welcome to Ferry')
  expect(app.electron.windows()).toHaveLength(1)
})

test('calls that come from anywhere but our page are refused', async ({ world }) => {
  const app = await world.launch('ann')
  await expect(app.welcome.heading).toBeVisible()
  const preload = join(PROJECT_FOLDER, 'out', 'preload', 'index.cjs')
  const answers = await app.electron.evaluate(async ({ BrowserWindow, webContents }, preload) => {
    const call = 'window.ferry.getState().then(() => "answered", (error) => error.message)'
    const from = async (url: string) => {
      const foreign = new BrowserWindow({
        show: false,
        webPreferences: { preload, sandbox: true },
      })
      await foreign.loadURL(url)
      const answer: string = await foreign.webContents.executeJavaScript(call)
      foreign.destroy()
      return answer
    }
    const ours: string = await webContents.getAllWebContents()[0]?.executeJavaScript(call)
    return {
      ours,
      otherWindow: await from('ferry://app/index.html'),
      otherOrigin: await from('data:text/html,<title>not ours</title>'),
    }
  }, preload)
  expect(answers.ours).toBe('answered')
  expect(answers.otherWindow).toContain('getState: not allowed from here')
  expect(answers.otherOrigin).toContain('getState: not allowed from here')
})

test('an argument that does not fit is refused by name, and the app goes on', async ({ world }) => {
  const app = await world.launch('ann')
  await expect(app.welcome.heading).toBeVisible()
  const answer = await app.page.evaluate(() =>
    Reflect.apply(window.ferry.findUsers, window.ferry, [{ query: { $ne: null } }]).then(
      () => 'answered',
      (error: Error) => error.message,
    ),
  )
  expect(answer).toContain('findUsers: the argument does not fit (query: invalid_type)')
  await app.startOnThisComputer('Ann')
})

test('no text, password or token is logged, and nobody else may read the profile', async ({
  world,
}) => {
  const server = await world.startServer()
  const app = await world.signUp('alice', server.url)
  await app.sidebar.create([], 'Notes to self')
  await app.composer.send('the secret recipe')
  await app.conversation.expectState('the secret recipe', 'sent')
  await app.quit()
  const logs = [app.logFile, join(world.folder, 'server.log'), join(world.folder, 'alice.out')]
  for (const path of logs) {
    const log = readFileSync(path, 'utf8')
    expect(log).not.toContain('secret recipe')
    expect(log).not.toContain(PASSWORD)
    expect(log).not.toMatch(/"token":/)
  }
  expect(readFileSync(app.logFile, 'utf8')).toContain('"starting"')
  for (const [name, mode] of [
    ['.', 0o700],
    ['logs', 0o700],
    ['ferry.db', 0o600],
    ['logs/main.log', 0o600],
  ] as const) {
    const path = join(app.profileDir, name)
    expect(existsSync(path)).toBe(true)
    expect([name, statSync(path).mode & 0o777]).toEqual([name, mode])
  }
})
