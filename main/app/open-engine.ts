import { join } from 'node:path'
import type { Engine } from '../engine/engine-api.ts'
import type { HostPorts, Logger } from '../engine/ports.ts'
import { createBundledServer } from '../server-host/bundled-server.ts'
import { forkServer } from '../server-host/fork-server.ts'
import { logFolder, MAX_LOG_BYTES } from './app-logger.ts'
import { createSecretBox } from './secret-box.ts'
import { systemClock, systemTimers } from './system-ports.ts'

export interface OpenEngineOptions {
  readonly profileDir: string
  /**
   * The folder cannot be written, and this run holds no lock in it: its database is left alone until the next start,
   * even when it could be written meanwhile.
   */
  readonly isReadOnly: boolean
  /** The bundle of the server. */
  readonly serverEntry: string
  readonly serverUrlOverride: string | null
  readonly platform: 'darwin' | 'win32' | 'linux'
  readonly logger: Logger
}

/**
 * Makes the engine of this profile. Its code (the database, the schemas, the socket) is loaded here and not before:
 * the window is being drawn meanwhile.
 */
export async function openEngine(options: OpenEngineOptions): Promise<Engine> {
  const { profileDir, isReadOnly, serverEntry, serverUrlOverride, platform, logger } = options
  const { createEngine } = await import('../engine/engine.ts')
  const host: HostPorts = {
    clock: systemClock,
    timers: systemTimers,
    random: Math.random,
    bundledServer: createBundledServer({
      fork: () =>
        forkServer({
          entry: serverEntry,
          dataDir: join(profileDir, 'server'),
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
  if (!isReadOnly) return createEngine(host)
  const { StorageError } = await import('../store/storage-error.ts')
  const error = new StorageError('read_only', `${profileDir} cannot be written to`)
  return createEngine(host, { open: () => ({ ok: false, error }) })
}
