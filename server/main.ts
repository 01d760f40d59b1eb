import { backUp } from './cli/backup.ts'
import { BadEnvironment, readSecrets } from './cli/environment.ts'
import { sqliteProblem } from './cli/old-node.ts'
import { findParentPort, onShutdownMessage } from './cli/parent-port.ts'
import { BadCommandLine, type CommandLine, readCommandLine } from './cli/settings.ts'
import { USAGE, VERSION_LINE } from './cli/usage.ts'
import { createLog } from './log/create-log.ts'
import { startServer } from './start-server.ts'
import type { StoreLocation } from './store/open-store.ts'
import { renewInstance } from './store/renew-instance.ts'
import { systemTiming } from './timing.ts'

/** A stop that takes longer than this is ended, in ms: 5 s is what is promised [V11]. */
const STOP_LIMIT_MS = 4_500
const EXIT_BAD_COMMAND_LINE = 2
/** The app that started this server tells its user, by this (main/server-host/server-run.ts). */
const EXIT_DAMAGED = 3
/** What is thrown then, by its name: loading the classes would load SQLite, also where that is not used. */
const UNUSABLE: ReadonlySet<string> = new Set([
  'DamagedDatabase',
  'DatabaseEmptied',
  'ForeignDatabase',
])

/** Says one line on stderr, and ends the process. */
function giveUp(error: unknown, exitCode: number): never {
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n')
  process.stderr.write(`ferry-server: ${line}\n`)
  process.exit(exitCode)
}

function readArguments(): CommandLine {
  try {
    return readCommandLine(process.argv.slice(2), readSecrets(process.env))
  } catch (error) {
    if (error instanceof BadCommandLine || error instanceof BadEnvironment)
      giveUp(error, EXIT_BAD_COMMAND_LINE)
    throw error
  }
}

async function serve({ settings }: CommandLine & { command: 'serve' }): Promise<void> {
  const { log, flush, dropped } = createLog()
  const start = (port: number) =>
    startServer(
      { ...settings, port },
      { log, timing: systemTiming, droppedLines: dropped, onAnotherLife: () => beginAnew() },
    )
  let running = start(settings.port)
  let hasStarted = false
  const port = findParentPort()

  let stopping = false
  const stop = (why: string): void => {
    // npm, its shell and the terminal may each pass the same signal on; STOP_LIMIT_MS ends a stop that hangs.
    if (stopping) return
    stopping = true
    log.info({ why }, 'stopping')
    setTimeout(() => {
      if (hasStarted) log.error('stopping took too long: ended')
      else
        log.error('ended before it had started: what it waited for, the database, did not answer')
      flush()
      process.exit(1)
    }, STOP_LIMIT_MS).unref()
    running
      .then((server) => server.stop())
      .then(
        () => {
          flush()
          process.exit(0)
        },
        (err: unknown) => {
          log.error({ err }, 'stopping failed')
          flush()
          process.exit(1)
        },
      )
  }
  const beginAnew = (): void => {
    if (stopping) return
    log.warn(
      'the database is not the one that this server began on: it lacks what was acknowledged, or has a new name. Beginning anew on it',
    )
    running = running.then(async (server) => {
      await server.stop()
      return start(Number(new URL(server.url).port))
    })
    running.catch((error: unknown) => {
      if (!stopping) giveUp(error, 1)
    })
  }
  // Before it is said that the server listens: whoever reads that may stop it at once.
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGINT', () => stop('SIGINT'))
  if (port !== null) onShutdownMessage(port, () => stop('asked by the app'))

  const { url } = await running
  hasStarted = true
  if (stopping) return
  const listening = { event: 'listening', url }
  process.stdout.write(`${JSON.stringify(listening)}\n`)
  port?.postMessage(listening)
}

/** Ends the process when the store cannot be opened in this Node: loading SQLite would crash it without a word. */
function requireNode(store: StoreLocation): void {
  const problem = store.kind === 'folder' ? sqliteProblem() : null
  if (problem !== null) giveUp(problem, 1)
}

async function run(commandLine: CommandLine): Promise<void> {
  switch (commandLine.command) {
    case 'help':
      process.stdout.write(`${USAGE}\n`)
      return
    case 'version':
      process.stdout.write(`${VERSION_LINE}\n`)
      return
    case 'backup':
      requireNode({ kind: 'folder', folder: commandLine.folder })
      backUp(commandLine.folder, commandLine.file)
      return
    case 'restored':
      requireNode(commandLine.store)
      await renewInstance(commandLine.store)
      return
    case 'serve':
      requireNode(commandLine.settings.store)
      await serve(commandLine)
  }
}

// What this process writes is what everybody wrote: nobody else of this machine reads it, whatever the shell's umask.
process.umask(0o077)
// Whoever read what this process says is gone: no reason to end it.
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined)
run(readArguments()).catch((error: unknown) => {
  const isDamaged = error instanceof Error && UNUSABLE.has(error.name)
  giveUp(error, isDamaged ? EXIT_DAMAGED : 1)
})
