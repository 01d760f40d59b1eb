import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const lib = (name: string) =>
  JSON.stringify(pathToFileURL(path.join(import.meta.dirname, name)).href)

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'ferry-entry-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Starts a script of its own that runs `body` as an entry does. */
async function start(name: string, body: string) {
  const file = path.join(folder, `${name}.mjs`)
  await writeFile(
    file,
    `import { runEntry } from ${lib('run-entry.mjs')}
import { runApp } from ${lib('run-app.mjs')}
import { runCommand } from ${lib('run-command.mjs')}
import { withLock } from ${lib('lock.mjs')}
import { StepFailure } from ${lib('step-failure.mjs')}
await runEntry(async (context) => { ${body} })
`,
  )
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] })
  const stderr = text(child.stderr)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const exit = once(child, 'exit')
  return {
    child,
    nextLine: async () => (await lines.next()).value as string,
    end: async () => ({ code: (await exit)[0] as number, stderr: await stderr }),
  }
}

describe('an entry script', () => {
  test('tells a foreseen failure in three lines and ends with 1', async () => {
    const run = await start(
      'failing',
      "throw new StepFailure({ step: 'Fetching', cause: 'no host', remedy: 'Connect.' })",
    )
    const { code, stderr } = await run.end()
    expect(code).toBe(1)
    expect(stderr).toBe('\nFailed: Fetching\nCause:  no host\nTo do:  Connect.\n')
  })

  test('never shows a stack trace, not even for what was not foreseen', async () => {
    const run = await start('broken', 'return undefined.x')
    const { code, stderr } = await run.end()
    expect(code).toBe(1)
    expect(stderr).toContain('Failed: the script itself')
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  test('ends what runs when it gets a signal, and says how to go on', async () => {
    const stay = "console.log('up'); setInterval(() => {}, 1000)"
    const run = await start(
      'interrupted',
      `await runCommand(process.execPath, ['-e', ${JSON.stringify(stay)}], {
        abort: context.abort, onLine: (line) => console.log(line) }); return 0`,
    )
    expect(await run.nextLine()).toBe('up')
    run.child.kill('SIGINT')
    const { code, stderr } = await run.end()
    expect(code).toBe(130)
    expect(stderr).toContain('Run the command again to go on from here')
  })
})

test('a signal that stops at the shell of `npm run` counts for the script too', async () => {
  const file = path.join(folder, 'under-npm.mjs')
  await writeFile(
    file,
    `import { runEntry } from ${lib('run-entry.mjs')}
import { runApp } from ${lib('run-app.mjs')}
await runEntry(() => runApp(process.execPath, ['-e', ${JSON.stringify(
      "process.on('SIGTERM', () => { console.log('asked'); process.exit(0) }); setInterval(() => {}, 1000); console.log('up')",
    )}], process.env))
`,
  )
  const shell = spawn('sh', ['-c', `"${process.execPath}" "${file}"; exit $?`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, npm_lifecycle_event: 'start' },
  })
  const lines = createInterface({ input: shell.stdout })[Symbol.asyncIterator]()
  expect((await lines.next()).value).toBe('up')
  shell.kill('SIGTERM')
  expect((await lines.next()).value).toBe('asked')
  expect((await lines.next()).done).toBe(true)
})

describe('the app in the foreground', () => {
  const app = (script: string) =>
    `return runApp(process.execPath, ['-e', ${JSON.stringify(script)}], process.env)`

  test('its exit code is ours', async () => {
    const run = await start('code', app('process.exit(7)'))
    expect((await run.end()).code).toBe(7)
  })

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s reaches it once, and it may take its time',
    async (signal) => {
      const script = `let n = 0
      process.on('${signal}', () => { n += 1; console.log('asked ' + n); setTimeout(() => process.exit(10 + n), 200) })
      setInterval(() => {}, 1000); console.log('up')`
      const run = await start(`signal-${signal}`, app(script))
      expect(await run.nextLine()).toBe('up')
      run.child.kill(signal)
      expect(await run.nextLine()).toBe('asked 1')
      expect((await run.end()).code).toBe(11)
    },
  )

  test('one that is killed gives 128 and the number of the signal', async () => {
    const run = await start('killed', app("process.kill(process.pid, 'SIGKILL')"))
    expect((await run.end()).code).toBe(137)
  })
})

describe('a lock', () => {
  const lock = (body: string) =>
    `await withLock(${JSON.stringify(path.join(folder, 'locks', 'x.lock'))},
      { abort: context.abort, onWait: () => console.log('waiting') }, async () => { ${body} }); return 0`

  test('lets one in at a time', async () => {
    const first = await start(
      'first',
      lock("console.log('in'); await new Promise((go) => process.once('SIGUSR2', go))"),
    )
    expect(await first.nextLine()).toBe('in')
    const second = await start('second', lock("console.log('in')"))
    expect(await second.nextLine()).toBe('waiting')
    first.child.kill('SIGUSR2')
    expect((await first.end()).code).toBe(0)
    expect(await second.nextLine()).toBe('in')
    expect((await second.end()).code).toBe(0)
    expect(await readdir(path.join(folder, 'locks'))).toEqual([])
  })

  test('left behind by a killed process is taken over at once', async () => {
    const first = await start(
      'killed',
      lock("console.log('in'); await new Promise(() => setInterval(() => {}, 1000))"),
    )
    expect(await first.nextLine()).toBe('in')
    first.child.kill('SIGKILL')
    await first.end()
    const second = await start('after', lock("console.log('in')"))
    expect(await second.nextLine()).toBe('in')
    expect((await second.end()).code).toBe(0)
  })
})
