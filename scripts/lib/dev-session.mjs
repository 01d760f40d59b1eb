import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { resolveConfig } from 'electron-vite'
import { build, createServer, mergeConfig } from 'vite'
import { SERVER_BUNDLE } from './build.mjs'
import { PROJECT_NODE, ROOT } from './project.mjs'
import { restartable } from './restartable.mjs'
import { Interrupted, StepFailure } from './step-failure.mjs'

const DATA = path.join(ROOT, 'data', 'dev')
const STEP = 'Starting the development session'
/** A Ctrl-C reaches the children through us alone; on Windows a detached one would get a console of its own. */
const DETACHED = process.platform !== 'win32'

/**
 * The app with hot reload, and a server: a change to the renderer shows at once, one to the preload reloads the page,
 * one to main restarts the app, one to the server restarts the server at the same address. The server's data is in
 * data/dev. Ends with the app, or on a signal.
 * @param {import('./run-entry.mjs').Context} context
 * @param {{ executable: string, args: readonly string[] }} app
 * @returns {Promise<number>} the app's exit code
 */
export async function runDevSession(context, { executable, args }) {
  const { config } = await resolveConfig({ root: ROOT }, 'serve', 'development')
  const { main, preload, renderer } = config ?? {}
  if (main === undefined || preload === undefined || renderer === undefined) {
    throw new StepFailure({
      step: STEP,
      cause: 'electron.vite.config.ts lacks one of main, preload, renderer',
      remedy: 'Add it.',
    })
  }
  /** @type {(() => Promise<unknown>)[]} */
  const closing = []
  /** @type {Promise<never>} */
  const interrupted = new Promise((_, reject) => {
    context.abort.addEventListener('abort', () => reject(new Interrupted(context.abort.reason)))
  })
  const session = async () => {
    const { FERRY_SERVER_URL: given } = context.env
    const serverUrl = given ?? (await startServer(context, closing))
    const page = await createServer(renderer)
    closing.push(() => page.close())
    await page.listen()
    const pageUrl = page.resolvedUrls?.local[0] ?? ''
    const env = { ...context.env, ELECTRON_RENDERER_URL: pageUrl, FERRY_SERVER_URL: serverUrl }

    const reload = async () => page.ws.send({ type: 'full-reload' })
    await watchBuild(preload, reload, closing)
    /** @type {number} */
    const exitCode = await new Promise((resolve, reject) => {
      const start = () => spawn(executable, args, { env, stdio: 'inherit', detached: DETACHED })
      const app = restartable(start, resolve)
      closing.push(app.stop)
      watchBuild(main, app.restart, closing).catch(reject)
    })
    return exitCode
  }
  try {
    return await Promise.race([session(), interrupted])
  } finally {
    await Promise.all(closing.map((close) => close()))
  }
}

/**
 * Builds now and whenever a source changes.
 * @param {import('vite').InlineConfig} config
 * @param {() => Promise<void>} onBuilt called after every build that succeeded
 * @param {(() => Promise<unknown>)[]} closing receives what ends it
 * @returns {Promise<void>} done with the first build that succeeded
 */
async function watchBuild(config, onBuilt, closing) {
  const watcher = await build(mergeConfig(config, { build: { watch: {} } }))
  if (!('on' in watcher)) throw new TypeError('a build that watches gives a watcher')
  closing.push(() => watcher.close())
  await new Promise((resolve) => {
    watcher.on('event', async ({ code }) => {
      if (code !== 'END') return
      resolve(undefined)
      await onBuilt()
    })
  })
}

/**
 * Starts the sync server on a free port, which stays its own over restarts.
 * @param {import('./run-entry.mjs').Context} context
 * @param {(() => Promise<unknown>)[]} closing receives what ends it
 * @returns {Promise<string>} its address
 */
async function startServer({ steps, env }, closing) {
  await mkdir(DATA, { recursive: true })
  let port = '0'
  /** @type {Promise<string>} */
  const url = new Promise((resolve, reject) => {
    const start = () => {
      const flags = ['--port', port, '--data', DATA]
      const child = spawn(PROJECT_NODE, [SERVER_BUNDLE, ...flags], {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
        detached: DETACHED,
      })
      createInterface({ input: child.stdout }).on('line', (line) => {
        const said = JSON.parse(line)
        if (said.event !== 'listening') return
        port = new URL(said.url).port
        steps.note(`\nserver: ${said.url}`)
        resolve(said.url)
      })
      return child
    }
    const server = restartable(start, (code) =>
      steps.note(`\nserver: ended with code ${code}; it starts again at the next change to it`),
    )
    closing.push(server.stop)
    const config = { configFile: path.join(ROOT, 'vite.server.config.ts') }
    watchBuild(config, server.restart, closing).catch(reject)
  })
  return url
}
