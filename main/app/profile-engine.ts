import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { powerMonitor } from 'electron'
import { createEngine } from '../engine/engine.ts'
import type { Engine } from '../engine/engine-api.ts'
import type { HostPorts, Logger } from '../engine/ports.ts'
import { answerCall, type Handlers } from '../ipc/call.ts'
import type { Answer } from '../ipc/register-handlers.ts'
import { createBundledServer } from '../server-host/bundled-server.ts'
import { forkServer } from '../server-host/fork-server.ts'
import { serverDatabase, setServerDataAside } from '../server-host/server-data.ts'
import { openStore } from '../store/open-store.ts'
import { StorageError } from '../store/storage-error.ts'
import { ThreadWalCopier } from '../store/thread-wal-copier.ts'
import { showBadge } from './app-badge.ts'
import { logFolder, MAX_LOG_BYTES } from './app-logger.ts'
import { createSecretBox } from './secret-box.ts'
import { createShellHandlers, type ShellHandlerPorts } from './shell-handlers.ts'
import { systemClock, systemTimers } from './system-ports.ts'

/**
 * What is behind the window: loaded as a whole (the database, the schemas, the socket), by an import of its own, once
 * the window is on its way.
 */

export interface ProfileEngineOptions {
  readonly profileDir: string
  /**
   * The folder cannot be written, and this run holds no lock in it: its database is left alone until the next start,
   * even when it could be written meanwhile.
   */
  readonly isReadOnly: boolean
  /** The bundle of the server. */
  readonly serverEntry: string
  /** The bundle of the thread that copies the write-ahead log. */
  readonly walThread: string
  readonly serverUrlOverride: string | null
  readonly platform: 'darwin' | 'win32' | 'linux'
  readonly logger: Logger
}

/** Makes the engine of this profile; nothing is opened yet. */
export function createProfileEngine(options: ProfileEngineOptions): Engine {
  const { profileDir, isReadOnly, serverEntry, walThread, serverUrlOverride, platform, logger } =
    options
  const dataDir = join(profileDir, 'server')
  const host: HostPorts = {
    clock: systemClock,
    timers: systemTimers,
    random: Math.random,
    bundledServer: createBundledServer({
      newSecret: () => randomBytes(32).toString('base64url'),
      database: serverDatabase(dataDir),
      setDataAside: () => {
        const path = setServerDataAside(dataDir, Date.now())
        logger.info({ path }, 'the data of the server were set aside')
      },
      fork: (appSecret) =>
        forkServer({
          appSecret,
          entry: serverEntry,
          dataDir,
          logFolder: logFolder(profileDir),
          maxLogBytes: MAX_LOG_BYTES,
          logger,
        }),
      clock: systemClock,
      timers: systemTimers,
      logger,
    }),
    secretBox: createSecretBox(),
    serverUrlOverride,
    profileDir,
    logger,
    platform,
  }
  const openWalCopier = (database: string) =>
    new ThreadWalCopier({
      database,
      script: walThread,
      timers: systemTimers,
      report: (problem) => logger.warn({ problem }, 'the write-ahead log is copied between turns'),
    })
  if (!isReadOnly) {
    return createEngine(host, { open: (file, now) => openStore(file, now, openWalCopier) })
  }
  const error = new StorageError('read_only', `${profileDir} cannot be written to`)
  return createEngine(host, { open: () => ({ ok: false, error }) })
}

/** Lets the engine hear of the system, and the window and the dock of the engine; answers the page's calls with it. */
export function answering(ports: ShellHandlerPorts): Answer {
  const { engine, windows, logger } = ports
  let failed = 0
  engine.subscribe((event) => {
    windows.send(event)
    if (event.type === 'state') failed = event.state.outbox.failed
    if (event.type === 'state' || event.type === 'conversations') {
      showBadge(windows.window, { unread: engine.unreadTotal(), failed })
    }
  })
  powerMonitor.on('suspend', () => engine.powerSuspended())
  powerMonitor.on('resume', () => engine.powerResumed())
  const handlers: Handlers = { ...engine.handlers, ...createShellHandlers(ports) }
  return (method, argument, trusted) =>
    answerCall(method, argument, trusted, Promise.resolve(handlers), logger)
}
