import type { BundledAddress, Clock, Logger, Timers } from '../engine/ports.ts'
import { ServerDataDamaged } from '../engine/server-data-damaged.ts'
import { ListeningMessage, SHUTDOWN_MESSAGE } from './server-messages.ts'

/** A server process from outside: what utilityProcess offers, no more. */
export interface ServerProcess {
  onMessage(listener: (message: unknown) => void): void
  /** Called once, also when it could not be started. */
  onExit(listener: (code: number) => void): void
  post(message: object): void
  /** Ends it at once, without asking. */
  kill(): void
}

export interface ServerRunPorts {
  readonly fork: (appSecret: string) => ServerProcess
  /** A secret that cannot be guessed; each run gets its own. */
  readonly newSecret: () => string
  readonly clock: Pick<Clock, 'monotonic'>
  readonly timers: Pick<Timers, 'set'>
  readonly logger: Logger
}

/** It must listen within this, in ms; a first start creates its database. */
const START_TIMEOUT_MS = 20_000
/** So long it may take to say goodbye and commit, in ms, before it is killed (contract.md: SIGTERM, 5 s). */
const STOP_TIMEOUT_MS = 5_000

/** What the server ends with when its database is damaged (server/main.ts). */
const EXIT_DAMAGED = 3

/** The server did not come up. */
export class ServerStartFailed extends Error {
  override readonly name = 'ServerStartFailed'
}

/** How a run came to its end. `ranMs`: from the fork on. */
type RunEnd =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'never-listened'; readonly ranMs: number }
  | { readonly kind: 'crashed'; readonly ranMs: number }

/** One process, from its fork to its end. */
export interface ServerRun {
  /** Rejects with ServerStartFailed or ServerDataDamaged when it ends, or is stopped, before it listens. */
  readonly listening: Promise<BundledAddress>
  /** Never rejects. */
  readonly ended: Promise<RunEnd>
  /** Asks it to stop, and kills it after 5 s; resolves when it is gone. */
  stop(): Promise<void>
}

/** Forks the server after `delayMs` and follows it to its end. */
export function runServer(ports: ServerRunPorts, delayMs: number): ServerRun {
  const { clock, timers, logger } = ports
  let phase: 'delayed' | 'starting' | 'listening' | 'stopping' | 'ended' = 'delayed'
  let child: ServerProcess | null = null
  let forkedAt = 0
  let cancelTimer: () => void
  const appSecret = ports.newSecret()
  let listen: (address: BundledAddress) => void
  let failToListen: (reason: ServerStartFailed | ServerDataDamaged) => void
  let end: (end: RunEnd) => void
  const listening = new Promise<BundledAddress>((resolve, reject) => {
    listen = resolve
    failToListen = reject
  })
  const ended = new Promise<RunEnd>((resolve) => {
    end = resolve
  })

  const onMessage = (message: unknown) => {
    const parsed = ListeningMessage.safeParse(message)
    if (!parsed.success || phase !== 'starting') return
    phase = 'listening'
    cancelTimer()
    logger.info({ url: parsed.data.url }, 'the bundled server listens')
    listen({ url: parsed.data.url, appSecret })
  }

  const onExit = (code: number) => {
    const before = phase
    phase = 'ended'
    cancelTimer()
    const ranMs = clock.monotonic() - forkedAt
    logger.info({ code, ranMs, phase: before }, 'the bundled server ended')
    const how = `the server ended with code ${code} before it listened`
    failToListen(code === EXIT_DAMAGED ? new ServerDataDamaged(how) : new ServerStartFailed(how))
    if (before === 'stopping') end({ kind: 'stopped' })
    else end({ kind: before === 'listening' ? 'crashed' : 'never-listened', ranMs })
  }

  const fork = () => {
    phase = 'starting'
    forkedAt = clock.monotonic()
    child = ports.fork(appSecret)
    child.onMessage(onMessage)
    child.onExit(onExit)
    cancelTimer = timers.set(START_TIMEOUT_MS, () => {
      logger.error({ afterMs: START_TIMEOUT_MS }, 'the bundled server does not listen')
      child?.kill()
    })
  }

  cancelTimer = timers.set(delayMs, fork)

  return {
    listening,
    ended,
    async stop() {
      if (phase === 'delayed') {
        phase = 'ended'
        cancelTimer()
        failToListen(new ServerStartFailed('stopped before it was started'))
        end({ kind: 'stopped' })
      } else if (phase === 'starting' || phase === 'listening') {
        phase = 'stopping'
        cancelTimer()
        child?.post(SHUTDOWN_MESSAGE)
        cancelTimer = timers.set(STOP_TIMEOUT_MS, () => {
          logger.warn({ afterMs: STOP_TIMEOUT_MS }, 'the bundled server does not stop, killing it')
          child?.kill()
        })
      }
      await ended
    },
  }
}
