import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '../support/fixtures.ts'
import { isRunning, serverProcessOf } from '../support/process-table.ts'
import { childEnvironment, PROJECT_FOLDER } from '../support/project.ts'

test('a second start on the same profile shows the first window and ends', async ({
  world,
  electron,
}) => {
  const app = await world.launch('ann')
  await expect(app.welcome.heading).toBeVisible()
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize())
  const second = await runToItsEnd(electron, app.profileDir)
  expect(second.code).toBe(0)
  expect(second.said).toContain('Ferry already runs on')
  expect(app.electron.windows()).toHaveLength(1)
  await expect
    .poll(() =>
      app.electron.evaluate(({ BrowserWindow }) => {
        const window = BrowserWindow.getAllWindows()[0]
        return window?.isVisible() === true && !window.isMinimized()
      }),
    )
    .toBe(true)
})

test('a lock that cannot be made is said, and not taken for another start', async ({
  world,
  electron,
}) => {
  const file = join(world.folder, 'file')
  writeFileSync(file, '')
  const start = await runToItsEnd(electron, world.profileDir('ann'), {
    TMPDIR: join(file, 'folder'),
  })
  expect(start.said).toContain(
    'Ferry cannot start: there is no room, or no right, to lock its data',
  )
  expect(start.code).toBe(1)
})

test('two profiles run side by side', async ({ world }) => {
  const ann = await world.launch('ann')
  const ben = await world.launch('ben')
  await ann.startOnThisComputer('Ann')
  await ben.startOnThisComputer('Ben')
  await ann.composer.send('only here')
  await ann.conversation.expectState('only here', 'sent')
  await expect(ben.conversation.messages).toHaveCount(0)
})

test('the server it brings along does not outlive the app, however that ends', async ({
  world,
}) => {
  const app = await world.launch('ann')
  await app.startOnThisComputer('Ann')
  const server = serverProcessOf(app.pid)
  expect(isRunning(server)).toBe(true)
  await app.kill()
  await expect.poll(() => isRunning(server)).toBe(false)

  const again = await world.launch('ann')
  await expect(again.connection.status).toHaveText('Online')
  const next = serverProcessOf(again.pid)
  await again.quit()
  expect(isRunning(next)).toBe(false)
  const log = readFileSync(join(again.profileDir, 'logs', 'main.log'), 'utf8')
  expect(log).toContain('"code":0')
})

test('[O1] a server that dies is started again, and what was written meanwhile arrives', async ({
  world,
}) => {
  const app = await world.launch('ann')
  await app.startOnThisComputer('Ann')
  await app.composer.send('before')
  await app.conversation.expectState('before', 'sent')
  const server = serverProcessOf(app.pid)
  process.kill(server, 'SIGKILL')
  await expect.poll(() => isRunning(server)).toBe(false)
  await app.composer.send('after')
  await app.conversation.expectState('after', 'sent')
  await expect(app.connection.status).toHaveText('Online')
  expect(serverProcessOf(app.pid)).not.toBe(server)
})

test('a page that crashes comes back with everything on it', async ({ world }) => {
  const app = await world.launch('ann')
  await app.startOnThisComputer('Ann')
  await app.composer.send('still here')
  await app.conversation.expectState('still here', 'sent')
  const texts = () =>
    app.electron.evaluate(async ({ BrowserWindow }): Promise<string> => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      if (contents === undefined || contents.isCrashed() || contents.isLoading()) return ''
      return await contents.executeJavaScript('document.body.innerText')
    })
  expect(await texts()).toContain('still here')
  await app.electron.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer()
  })
  await expect.poll(() => readFileSync(app.logFile, 'utf8')).toContain('the renderer is gone')
  await expect.poll(texts).toContain('still here')
})

test('the window comes back where it was', async ({ world }) => {
  const app = await world.launch('ann')
  await expect(app.welcome.heading).toBeVisible()
  const bounds = { x: 40, y: 30, width: 820, height: 610 }
  await app.electron.evaluate(({ BrowserWindow }, wanted) => {
    BrowserWindow.getAllWindows()[0]?.setBounds(wanted)
  }, bounds)
  await app.quit()
  const again = await world.launch('ann')
  await expect(again.welcome.heading).toBeVisible()
  const restored = await again.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.getBounds(),
  )
  expect(restored).toEqual(bounds)
})

test('[O13] waking from sleep reconnects at once', async ({ world }) => {
  const server = await world.startServer()
  const line = await world.startProxy(server)
  const app = await world.signUp('alice', line.url)
  line.cut()
  // Far enough from the next try that only waking can bring the connection in time.
  await expect(app.connection.status).toHaveText(/in ([6-9]|\d\d) s$/, { timeout: 90_000 })
  line.restore()
  await app.electron.evaluate(({ powerMonitor }) => {
    powerMonitor.emit('suspend')
    powerMonitor.emit('resume')
  })
  await expect(app.connection.status).toHaveText('Online', { timeout: 4_000 })
})

test('quitting while the first frame is still being made ends cleanly', async ({ world }) => {
  for (const profile of ['one', 'two', 'three']) {
    const app = await world.launch(profile)
    await app.quit()
    await app.ended()
    expect(app.exitCode).toBe(0)
  }
})

/** What does not end by then is ended, in ms. */
const END_MS = 30_000

/** A start that is to end by itself: what it wrote to stderr, and its exit code. */
async function runToItsEnd(
  electron: string,
  profileDir: string,
  environment: Record<string, string> = {},
): Promise<{ said: string; code: unknown }> {
  const child = spawn(electron, ['--no-sandbox', `--user-data-dir=${profileDir}`, PROJECT_FOLDER], {
    env: childEnvironment(environment),
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: END_MS,
    killSignal: 'SIGKILL',
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8')
  })
  const [code] = await once(child, 'exit')
  return { said, code }
}
