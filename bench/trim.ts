/**
 * `npm run bench -- trim`: how the length of a Redis stream is kept, in one run on one Redis: our trimmer (about one
 * append in 100, in the background) beside an exact XTRIM after every message and no trimming at all, turn by turn. What Redis spends is its own account (INFO commandstats), not a clock of ours.
 */
import { randomUUID } from 'node:crypto'
import { cpus } from 'node:os'
import { redisKeys } from '../server/stream/redis/keys.ts'
import { RedisLink } from '../server/stream/redis/redis-link.ts'
import { StreamTrimmer } from '../server/stream/redis/stream-trimmer.ts'
import { systemBusTiming } from '../server/stream/redis/timing.ts'
import { startRedis, type TestRedis } from '../server/test-support/redis-server.ts'
import { format, percentile } from './lib/statistics.ts'

/** Many short turns instead of few long ones: what else the machine does falls on all alike. */
const TURNS = 20
const MESSAGES_A_TURN = 5_000
const MESSAGES = TURNS * MESSAGES_A_TURN
const STREAMS = 10
const CAP = 1_000
/** Appends under way at once, one a stream, as the server's appender has it. */
const WINDOW = STREAMS

interface Strategy {
  readonly name: string
  /** What is done after an append, as long as the reply path waits for it; and when all is sent. */
  begin(link: RedisLink): {
    appended(stream: string, length: number): Promise<void> | void
    quiet(): Promise<void>
  }
}

const strategies: readonly Strategy[] = [
  {
    name: 'no trimming',
    begin: () => ({ appended: () => undefined, quiet: async () => undefined }),
  },
  {
    name: 'exact XTRIM after every message',
    begin: (link) => ({
      appended: async (stream) => void (await link.trim(stream, CAP, { type: 'exact' })),
      quiet: async () => undefined,
    }),
  },
  {
    name: 'Ferry: about 1 in 100, in the background',
    begin(link) {
      const trimmer = new StreamTrimmer(link, {
        ...{ cap: CAP, timing: systemBusTiming, observer: { trimmed: () => undefined } },
      })
      return {
        appended: (stream, length) => trimmer.appended(stream, 1, length),
        async quiet() {
          // It looks at quiet streams every second: the second look trims what is still above.
          await new Promise((resolve) => setTimeout(resolve, 2_500))
          trimmer.close()
        },
      }
    },
  },
]

interface Result {
  seconds: number
  latencies: number[]
  trimCalls: number
  trimMs: number
  scriptMs: number
  longest: number
}

/** One strategy with its own streams, which stay from turn to turn. */
class Contestant {
  readonly name: string
  readonly result: Result = {
    ...{ seconds: 0, latencies: [], trimCalls: 0, trimMs: 0, scriptMs: 0, longest: 0 },
  }
  readonly #redis: TestRedis
  readonly #keys = redisKeys(randomUUID())
  readonly #link: RedisLink
  readonly #work: ReturnType<Strategy['begin']>
  #sent = 0

  constructor(redis: TestRedis, strategy: Strategy) {
    this.name = strategy.name
    this.#redis = redis
    this.#link = new RedisLink({
      ...{ url: redis.url, node: 'bench', keys: this.#keys, timing: systemBusTiming },
      onMessage: () => undefined,
      onHealth: () => undefined,
      onRefusing: () => undefined,
      onError: (cause) => process.stderr.write(`${cause.message}\n`),
    })
    this.#work = strategy.begin(this.#link)
  }

  start(): Promise<void> {
    return this.#link.start(5_000)
  }

  async turn(): Promise<void> {
    await this.#redis.ask('CONFIG', 'RESETSTAT')
    const began = performance.now()
    await Promise.all(streams.map((stream) => this.#write(stream)))
    this.result.seconds += (performance.now() - began) / 1_000
    this.#sent += MESSAGES_A_TURN / WINDOW
    await this.#account()
  }

  async finish(): Promise<void> {
    await this.#redis.ask('CONFIG', 'RESETSTAT')
    await this.#work.quiet()
    await this.#account()
    for (const stream of streams) {
      const length = Number(await this.#redis.ask('XLEN', this.#keys.log(stream)))
      this.result.longest = Math.max(this.result.longest, length)
    }
    this.#link.close()
  }

  async #write(stream: string): Promise<void> {
    for (let n = 1; n <= MESSAGES_A_TURN / WINDOW; n++) {
      const seq = this.#sent + n
      const sent = performance.now()
      const { length } = await this.#link.append({
        ...{ stream, erased: [], mode: 'append', delivered: true },
        entries: [{ seq, json: event(seq) }],
      })
      await this.#work.appended(stream, length)
      this.result.latencies.push(performance.now() - sent)
    }
  }

  async #account(): Promise<void> {
    const stats = String(await this.#redis.ask('INFO', 'commandstats'))
    const trim = /cmdstat_xtrim:calls=(\d+),usec=(\d+)/.exec(stats)
    // What a script calls is counted under its own name too: the script's own time holds it already.
    const script = /cmdstat_evalsha:calls=\d+,usec=(\d+)/.exec(stats)
    this.result.trimCalls += Number(trim?.[1] ?? 0)
    this.result.trimMs += Number(trim?.[2] ?? 0) / 1_000
    this.result.scriptMs += Number(script?.[1] ?? 0) / 1_000
  }
}

const streams = Array.from({ length: STREAMS }, (_, index) => `room-${index}`)

/** About the size of a short message's event. */
function event(seq: number): string {
  return JSON.stringify({
    ...{ seq, type: 'message.created', at: '2026-01-01T00:00:00.000Z', by: 'u'.repeat(21) },
    message: {
      ...{ id: 'm'.repeat(21), conversation: 'c'.repeat(21), seq, author: 'u'.repeat(21) },
      ...{ key: randomUUID(), body: `message ${seq} of a benchmark, as people write them` },
      ...{ version: 1, createdAt: '2026-01-01T00:00:00.000Z', reactions: {} },
    },
  })
}

async function compare(): Promise<readonly Contestant[]> {
  const redis = await startRedis()
  try {
    const contestants = strategies.map((strategy) => new Contestant(redis, strategy))
    for (const contestant of contestants) await contestant.start()
    for (let turn = 1; turn <= TURNS; turn++) {
      process.stderr.write(`turn ${turn} of ${TURNS}\n`)
      for (const contestant of contestants) await contestant.turn()
    }
    for (const contestant of contestants) await contestant.finish()
    return contestants
  } finally {
    await redis.stop()
  }
}

function row({ name, result }: Contestant): string {
  const { latencies, seconds, trimCalls, trimMs, scriptMs, longest } = result
  const p50 = format(percentile(latencies, 0.5), 3)
  const p99 = format(percentile(latencies, 0.99), 2)
  return [
    ...[name, format(MESSAGES / seconds), `${p50} / ${p99}`, format(trimCalls)],
    ...[format(trimMs, 1), format(trimMs + scriptMs), format(longest)],
  ].join(' | ')
}

const contestants = await compare()
const [none, exact, ours] = contestants.map(({ result }) => result)
const p50 = (result: Result | undefined) => percentile(result?.latencies ?? [], 0.5)
const cheaper = (exact?.trimMs ?? Number.NaN) / (ours?.trimMs ?? Number.NaN)
const lines = [
  `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}; ${format(MESSAGES)} messages over ${STREAMS} streams, cap ${format(CAP)}, in ${TURNS} turns each`,
  '',
  '| | appends/s | append p50 / p99 ms | XTRIM calls | Redis ms trimming | Redis ms in all | longest stream |',
  '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
  ...contestants.map((contestant) => `| ${row(contestant)} |`),
  '',
  `Redis' time for trimming: 1/${format(cheaper)} of exact. Append p50: ${format(100 * (p50(ours) / p50(none) - 1), 1)} % beside no trimming.`,
]
process.stdout.write(`${lines.join('\n')}\n`)
