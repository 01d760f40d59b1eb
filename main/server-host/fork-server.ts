import { join } from 'node:path'
import { type UtilityProcess, utilityProcess } from 'electron'
import { openBoundedLogFile } from '../app/bounded-log-file.ts'
import type { Logger } from '../engine/ports.ts'
import { setLostDataAside } from './server-data.ts'
import type { ServerProcess } from './server-run.ts'

export interface ForkServerOptions {
  /** The server's bundle. */
  readonly entry: string
  /** What this app alone can say to it: see BundledServer. */
  readonly appSecret: string
  /** Where it keeps its data. */
  readonly dataDir: string
  /** Where its log goes. */
  readonly logFolder: string
  readonly maxLogBytes: number
  readonly logger: Logger
}

/** What somebody set for a server of their own: this one keeps its data in the profile. */
const NOT_FOR_IT = {
  FERRY_DATABASE: '',
  FERRY_DATABASE_FILE: '',
  FERRY_REDIS: '',
  FERRY_REDIS_FILE: '',
} as const

/**
 * Forks the server into a process of its own. It listens on loopback only, on a free port; what it prints goes into
 * `server.log`. The secret goes by its environment, which no other user of the machine can read. It ends with this process, however this process ends.
 */
export function forkServer(options: ForkServerOptions): ServerProcess {
  const { entry, appSecret, dataDir, logFolder, maxLogBytes, logger } = options
  rescueLog(dataDir, logger)
  const child = utilityProcess.fork(
    entry,
    ['--host', '127.0.0.1', '--port', '0', '--data', dataDir],
    {
      serviceName: 'Ferry server',
      stdio: 'pipe',
      env: { ...process.env, ...NOT_FOR_IT, FERRY_APP_SECRET: appSecret },
    },
  )
  const log = openBoundedLogFile(join(logFolder, 'server.log'), maxLogBytes, (error) => {
    logger.warn({ err: error }, 'the log of the bundled server cannot be written')
  })
  const write = (chunk: Buffer) => log.write(chunk.toString('utf8'))
  child.stdout?.on('data', write)
  child.stderr?.on('data', write)
  child.on('error', (type, location) => {
    logger.error({ type, location }, 'the bundled server met a fatal error')
  })
  return {
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) =>
      child.once('exit', (code) => {
        log.close()
        listener(code)
      }),
    post: (message) => child.postMessage(message),
    kill: () => killProcess(child, logger),
  }
}

/** Ends it without asking. One that has no pid yet, or none any more, gets the milder signal, which then does nothing. */
function killProcess(child: UtilityProcess, logger: Logger): void {
  if (child.pid === undefined) {
    child.kill()
    return
  }
  try {
    process.kill(child.pid, 'SIGKILL')
  } catch (error) {
    logger.warn({ err: error }, 'the bundled server cannot be killed')
  }
}

function rescueLog(dataDir: string, logger: Logger): void {
  try {
    const path = setLostDataAside(dataDir, Date.now())
    if (path !== null)
      logger.warn({ path }, 'the database of the server is lost, what is left of it is kept')
  } catch (error) {
    logger.warn({ err: error }, 'what is left of a lost database cannot be set aside')
  }
}
