import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { AccountService } from './accounts/account-service.ts'
import { createFreshIds } from './accounts/fresh-id.ts'
import { createPasswords } from './accounts/passwords.ts'
import { remakeConversations } from './accounts/remake-conversations.ts'
import { RevocationWatch } from './accounts/revocation-watch.ts'
import type { Settings } from './cli/settings.ts'
import { Door } from './http/door.ts'
import { checkHealth, shareProbe } from './http/health.ts'
import { createHttpApi } from './http/http-api.ts'
import { addGauges, createMetrics } from './metrics/metrics.ts'
import { openStore } from './store/open-store.ts'
import { isOpenToOthers } from './store/sqlite/private-files.ts'
import { Hub } from './stream/hub.ts'
import { openStreamBus } from './stream/open-stream-bus.ts'
import { Presence } from './stream/presence.ts'
import { Receipts } from './stream/receipts.ts'
import type { StreamBus } from './stream/stream-bus.ts'
import type { Cancel, Timing } from './timing.ts'
import { Strangers } from './ws/doorstep.ts'
import { createRateLimits } from './ws/rate-limits.ts'
import { createRequestHandler } from './ws/request-handler.ts'
import { Turn } from './ws/socket-outlet.ts'
import { SocketServer } from './ws/socket-server.ts'

const HOUR_MS = 60 * 60 * 1000
/** Expired sessions deleted in one go. */
const EXPIRED_AT_ONCE = 1_000
/** After this, in ms, the next go follows, when there were as many. */
const PURGE_ON_AFTER_MS = 100
/** What was taken before a stop is answered within this, in ms. */
const STOP_PATIENCE_MS = 1_800
/** Headers and body of an HTTP request have to be there within this, in ms. */
const HTTP_PATIENCE_MS = 15_000
/** How often that is looked at, in ms; Node would do it every 30 s. */
const HTTP_LOOK_MS = 1_000

export interface RunningServer {
  /** Where it listens, `http://host:port`. */
  readonly url: string
  /** Stops accepting, says goodbye, commits what was taken [V11]. Takes less than 5 s. */
  stop(): Promise<void>
}

/**
 * Puts the parts together and listens.
 *
 * @throws what openStore throws, and the error of listen (the port is taken …)
 */
export async function startServer(
  settings: Settings,
  {
    log,
    timing,
    droppedLines = () => 0,
    onAnotherLife = () => undefined,
  }: {
    readonly log: Logger
    readonly timing: Timing
    /** Log lines that nobody read. */
    readonly droppedLines?: () => number
    /** The database is not the one that this server began on: it has to be stopped, and another started. */
    readonly onAnotherLife?: () => void
  },
): Promise<RunningServer> {
  const metrics = createMetrics()
  const node = randomUUID()
  const passwords = await createPasswords()
  // The store is there before the bus, which reads from it; nothing is committed before both are.
  const bus: { current: StreamBus | null } = { current: null }
  const store = await openStore(settings.store, {
    now: timing.now,
    editWindowMs: settings.editWindowMs,
    observer: metrics,
    onAnotherLife,
    onAbandoned: (commands) =>
      log.warn({ commands }, 'stopping: the database did not answer for these; nobody was told so'),
    onCommitted: (committed) => {
      const at = timing.monotonicMs()
      bus.current?.publish(committed)
      metrics.delivered(timing.monotonicMs() - at)
    },
  })
  const { redis, streamCap } = settings
  const shared = settings.store.kind === 'postgres'
  const opened = await openStreamBus(
    { redis, streamCap, shared, node },
    { store, registry: metrics.registry, log },
  )
  bus.current = opened
  if (settings.store.kind === 'folder' && isOpenToOthers(settings.store.folder)) {
    const { folder } = settings.store
    log.warn(
      { folder },
      'others can come into the data folder, whose files are private; chmod 700 keeps them out',
    )
  }
  if (shared && redis === null) {
    log.warn(
      '--database without --redis: meant for one node, several would hear late of each other',
    )
  }

  // From here to the sockets there is no await: the bus may call the hub at any time, and the hub calls what follows.
  const revocations = opened.state().lossless
    ? null
    : new RevocationWatch({
        store,
        timing,
        onRevoked: (tokenHash) => hub.onSignal({ type: 'revoked', tokenHash }),
        onFailure: (err) => log.warn({ err }, 'revocations: will be asked for again'),
      })
  const hub: Hub = new Hub({
    store,
    bus: opened,
    timing,
    onFailure: (what, err) => log.warn({ err, what }, 'streams: will be tried again'),
    onCatchUpPage: (entries) => metrics.caughtUp(entries),
    onPresence: (signal) => presence.take(signal),
    onJoined: (session, conversation) => presence.joined(session, conversation),
    onInterrupted: () => revocations?.look(),
  })
  const presence: Presence = new Presence({
    node,
    timing,
    signal: (signal) => opened.signal(signal),
    audience: (conversation) => hub.audience(conversation),
  })
  const freshId = createFreshIds(timing.now)
  const signal = opened.signal.bind(opened)
  const receipts = new Receipts({
    timing,
    execute: (command) => store.execute(command),
    signal,
    audienceSize: (conversation) => hub.audienceSize(conversation),
  })
  const accounts = new AccountService({
    store,
    passwords,
    // A server that an app started for itself is that app's alone.
    registration:
      settings.registration === 'open' && settings.appSecret !== null
        ? 'app'
        : settings.registration,
    timing,
    freshId,
    signal,
    remake: (user, conversations) => remakeConversations(store, user, conversations),
  })
  const door = new Door(settings)
  const probe = shareProbe(() => store.probe(), timing.monotonicMs)
  const http = createServer(
    {
      requestTimeout: HTTP_PATIENCE_MS,
      headersTimeout: HTTP_PATIENCE_MS,
      connectionsCheckingInterval: HTTP_LOOK_MS,
    },
    createHttpApi({
      door,
      accounts,
      log,
      health: () => checkHealth(probe, opened.state(), timing.later),
      metrics: async () => ({
        text: await metrics.registry.metrics(),
        type: metrics.registry.contentType,
      }),
    }),
  )
  const sockets: SocketServer = new SocketServer(http, {
    door,
    accounts,
    hub,
    presence,
    handle: createRequestHandler({ store, freshId, signal, receipts }),
    pace: createRateLimits(settings.rateLimit),
    metrics,
    log,
    timing,
    turn: new Turn(),
    strangers: new Strangers(),
    maxWaitingBytes: settings.maxWaitingBytes,
    editWindowMs: settings.editWindowMs,
    instance: store.instance,
    restoredTo: store.restoredTo,
  })
  addGauges(metrics, {
    topics: () => hub.topics,
    catchingUp: () => hub.catchingUp,
    relayLag: () => opened.state().relayLag,
    streamDegraded: () => opened.state().status === 'degraded',
    droppedLines,
  })
  let cancelPurge: Cancel = () => undefined
  const purge = (): void => {
    store.deleteExpiredSessions(timing.now(), EXPIRED_AT_ONCE).then(
      (count) => {
        log.debug({ count }, 'expired sessions deleted')
        if (count === EXPIRED_AT_ONCE) cancelPurge = timing.later(purge, PURGE_ON_AFTER_MS)
      },
      (err: unknown) => log.warn({ err }, 'expired sessions stay for now'),
    )
  }
  const stopPurging = timing.every(HOUR_MS, purge)
  purge()

  const url = await listen(http, settings.host, settings.port)
  return {
    url,
    stop: async () => {
      stopPurging()
      cancelPurge()
      revocations?.stop()
      http.close()
      presence.stop()
      await sockets.stop(STOP_PATIENCE_MS)
      http.closeAllConnections()
      hub.stop()
      await opened.close()
      await store.close()
    },
  }
}

function listen(http: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, host, () => {
      http.off('error', reject)
      // Listening on a host and port, it is an address of those and not the name of a pipe.
      const { address, family, port: bound } = http.address() as AddressInfo
      resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`)
    })
  })
}
