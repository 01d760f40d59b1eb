/**
 * `npm run bench -- trim`: how the length of a Redis stream is kept, in one run on one Redis: our trimmer (about one
 * append in 100, in the background) beside an exact XTRIM after every message and no trimming at all. Turn by turn;
 * medians are reported. What Redis spends is its own account (INFO commandstats), not a clock of ours.
 */
import { randomUUID } from 'node:crypto'
import { cpus } from 'node:os'
import { redisKeys } from '../server/stream/redis/keys.ts'
import { RedisLink } from '../server/stream/redis/redis-link.ts'
import { StreamTrimmer } from '../server/stream/redis/stream-trimmer.ts'
import { systemBusTiming } from '../server/stream/redis/timing.ts'
import { startRedis, type TestRedis } from '../server/test-support/redis-server.ts'
import { format, median, percentile } from './lib/statistics.ts'

const ROUNDS = 3
const MESSAGES = 100_000
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
  messagesPerSecond: number
  p50: number
  p99: number
  trimCalls: number
  trimMs: number
  redisMs: number
  longest: number
}

async function measure(redis: TestRedis, strategy: Strategy): Promise<Result> {
  const keys = redisKeys(randomUUID())
  const link = new RedisLink({
    ...{ url: redis.url, node: 'bench', keys, timing: systemBusTiming },
    onMessage: () => undefined,
    onHealth: () => undefined,
    onRefusing: () => undefined,
    onError: (cause) => process.stderr.write(`${cause.message}\n`),
  })
  await link.start(5_000)
  await redis.ask('CONFIG', 'RESETSTAT')
  const { appended, quiet } = strategy.begin(link)
  const latencies: number[] = []
  const began = performance.now()
  const writer = async (stream: string) => {
    for (let seq = 1; seq <= MESSAGES / WINDOW; seq++) {
      const sent = performance.now()
      const { length } = await link.append({
        ...{ stream, erased: [], mode: 'append', delivered: true },
        entries: [{ seq, json: event(seq) }],
      })
      await appended(stream, length)
      latencies.push(performance.now() - sent)
    }
  }
  const streams = Array.from({ length: STREAMS }, (_, index) => `room-${index}`)
  await Promise.all(streams.map(writer))
  const seconds = (performance.now() - began) / 1_000
  await quiet()
  const stats = String(await redis.ask('INFO', 'commandstats'))
  const trim = /cmdstat_xtrim:calls=(\d+),usec=(\d+)/.exec(stats)
  // What a script calls is counted under its own name too: the script's own time holds it already.
  const script = /cmdstat_evalsha:calls=\d+,usec=(\d+)/.exec(stats)
  const lengths = await Promise.all(
    streams.map(async (stream) => Number(await redis.ask('XLEN', keys.log(stream)))),
  )
  link.close()
  await redis.ask('FLUSHALL')
  const trimMs = Number(trim?.[2] ?? 0) / 1_000
  return {
    messagesPerSecond: MESSAGES / seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    trimCalls: Number(trim?.[1] ?? 0),
    trimMs,
    redisMs: trimMs + Number(script?.[1] ?? 0) / 1_000,
    longest: Math.max(...lengths),
  }
}

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

async function compare(): Promise<string[]> {
  const redis = await startRedis()
  const results = new Map<Strategy, Result[]>(strategies.map((strategy) => [strategy, []]))
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const [strategy, rows] of results) {
        process.stderr.write(`round ${round + 1} of ${ROUNDS}: ${strategy.name}\n`)
        rows.push(await measure(redis, strategy))
      }
    }
  } finally {
    await redis.stop()
  }
  return report(results)
}

function report(results: ReadonlyMap<Strategy, Result[]>): string[] {
  const middle = (rows: readonly Result[] = [], pick: (result: Result) => number) =>
    median(rows.map(pick))
  const [none, exact, ours] = [...results.values()]
  const cheaper = middle(exact, (r) => r.trimMs) / middle(ours, (r) => r.trimMs)
  const slower = middle(ours, (r) => r.p50) / middle(none, (r) => r.p50) - 1
  const row = (name: string, rows: readonly Result[]) =>
    [
      ...[name, format(middle(rows, (r) => r.messagesPerSecond))],
      `${format(
        middle(rows, (r) => r.p50),
        3,
      )} / ${format(
        middle(rows, (r) => r.p99),
        2,
      )}`,
      format(middle(rows, (r) => r.trimCalls)),
      format(
        middle(rows, (r) => r.trimMs),
        1,
      ),
      format(middle(rows, (r) => r.redisMs)),
      format(middle(rows, (r) => r.longest)),
    ].join(' | ')
  return [
    '| | appends/s | append p50 / p99 ms | XTRIM calls | Redis ms trimming | Redis ms in all | longest stream |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...[...results].map(([{ name }, rows]) => `| ${row(name, rows)} |`),
    '',
    `Redis' time for trimming: 1/${format(cheaper)} of exact. Append p50: ${format(100 * slower, 1)} % beside no trimming.`,
  ]
}

const lines = [
  `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}; ${format(MESSAGES)} messages over ${STREAMS} streams, cap ${format(CAP)}; medians of ${ROUNDS} rounds`,
  '',
  ...(await compare()),
]
process.stdout.write(`${lines.join('\n')}\n`)
