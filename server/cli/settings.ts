import { parseArgs } from 'node:util'
import { z } from 'zod'
import { DEFAULT_EDIT_WINDOW_MS } from '../../protocol/limits.ts'
import { readNetwork } from '../http/trusted-proxies.ts'
import type { StoreLocation } from '../store/open-store.ts'
import { DEFAULT_MAX_WAITING_MIB, DEFAULT_RATE_LIMIT } from '../ws/limits.ts'
import type { Secrets } from './environment.ts'

const MINUTE_MS = 60_000
/** A thousand years: in ms still far below what JSON and timestamps hold. */
const MAX_EDIT_WINDOW_MINUTES = 1_000 * 366 * 24 * 60

/** What a server runs with. */
export interface Settings {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly store: StoreLocation
  /** `redis://…`, or null for a node that is alone. */
  readonly redis: string | null
  readonly editWindowMs: number
  /** Requests a second for one connection; 0: no limit. */
  readonly rateLimit: number
  readonly registration: 'open' | 'closed'
  /** About how many entries Redis keeps of each stream. */
  readonly streamCap: number
  /** Bytes that may wait for all sockets together. */
  readonly maxWaitingBytes: number
  /** Networks of proxies whose word about where a request came from is believed. */
  readonly trustProxy: readonly string[]
  /** Who may read /metrics. */
  readonly metrics: 'local' | 'any'
  /** What the app says that started this server for itself alone; null for a server of its own. */
  readonly appSecret: string | null
}

/** What the command line asks for. */
export type CommandLine =
  | { readonly command: 'serve'; readonly settings: Settings }
  | { readonly command: 'backup'; readonly folder: string; readonly file: string }
  /** The database was put back from a backup. */
  | { readonly command: 'restored'; readonly store: StoreLocation }
  /** Something is asked about the program, and nothing is to be run. */
  | { readonly command: 'help' | 'version' }

/** The command line asks for something that is not there. The message is one line. */
export class BadCommandLine extends Error {
  override readonly name = 'BadCommandLine'
}

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'is not a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `is under ${min}`).max(max, `is over ${max}`))

const address = (...schemes: readonly string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol),
      `is not an address that begins with ${schemes[0]}//`,
    )

const Flags = z.object({
  host: z.string().min(1, 'is empty'),
  port: whole(0, 65_535),
  data: z.string().min(1, 'is empty'),
  database: address('postgres:', 'postgresql:').optional(),
  redis: address('redis:', 'rediss:').optional(),
  'edit-window-minutes': z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'is not a number of minutes')
    .transform(Number)
    .pipe(z.number().max(MAX_EDIT_WINDOW_MINUTES, `is over ${MAX_EDIT_WINDOW_MINUTES}`)),
  'rate-limit': whole(0, 1_000_000),
  registration: z.enum(['open', 'closed'], 'is neither open nor closed'),
  'stream-cap': whole(1, 1_000_000_000),
  'max-waiting-mib': whole(1, 1_000_000),
  'trust-proxy': z
    .array(z.string())
    .transform((values) => values.flatMap((value) => value.split(/[\s,]+/).filter(Boolean)))
    .pipe(
      z.array(
        z
          .string()
          .refine((text) => readNetwork(text) !== null, 'is not a network, like 10.0.0.0/8'),
      ),
    ),
  metrics: z.enum(['local', 'any'], 'is neither local nor any'),
})

const DEFAULT_FOLDER = './data'

const NO_SECRETS: Secrets = { database: undefined, redis: undefined, appSecret: null }

/**
 * Reads the arguments after the program's name. What a flag says goes before what the environment says.
 *
 * @throws BadCommandLine with one line that names the flag
 */
export function readCommandLine(
  args: readonly string[],
  secrets: Secrets = NO_SECRETS,
): CommandLine {
  const { values: given, positionals } = parse(gatherNetworks(args))
  const {
    database = secrets.database,
    redis = secrets.redis,
    data: folder = DEFAULT_FOLDER,
  } = given
  const values = { ...given, database, redis, data: folder }
  if (values.help) return { command: 'help' }
  if (values.version) return { command: 'version' }
  const flags = Flags.safeParse(values)
  if (!flags.success) {
    const [problem] = flags.error.issues
    const [flag] = problem?.path ?? []
    const isSecret =
      (flag === 'database' && given.database === undefined) ||
      (flag === 'redis' && given.redis === undefined)
    const name = isSecret ? `FERRY_${flag.toUpperCase()}` : `--${String(flag)}`
    throw new BadCommandLine(`${name} ${problem?.message}`)
  }
  const { data } = flags.data
  const [command, file, ...rest] = positionals
  if (command === undefined) return { command: 'serve', settings: toSettings(flags.data, secrets) }
  const where = given.database === undefined ? 'FERRY_DATABASE' : '--database'
  if (command === 'restored' && file === undefined) {
    if (given.data !== undefined && database !== undefined) {
      throw new BadCommandLine(`restored takes --data or ${where}, not both`)
    }
    return { command, store: toLocation(flags.data) }
  }
  if (command !== 'backup' || rest.length > 0) {
    throw new BadCommandLine(`there is no command "${positionals.join(' ')}"`)
  }
  if (file === undefined) throw new BadCommandLine('backup needs the name of a file')
  if (database !== undefined) {
    throw new BadCommandLine(`backup copies an SQLite database, not that of ${where}: use pg_dump`)
  }
  return { command: 'backup', folder: data, file }
}

function toSettings(flags: z.infer<typeof Flags>, { appSecret }: Secrets): Settings {
  return {
    host: flags.host,
    port: flags.port,
    store: toLocation(flags),
    redis: flags.redis ?? null,
    editWindowMs: flags['edit-window-minutes'] * MINUTE_MS,
    rateLimit: flags['rate-limit'],
    registration: flags.registration,
    streamCap: flags['stream-cap'],
    maxWaitingBytes: flags['max-waiting-mib'] * 1024 * 1024,
    trustProxy: flags['trust-proxy'],
    metrics: flags.metrics,
    appSecret,
  }
}

function toLocation({ database, data }: z.infer<typeof Flags>): StoreLocation {
  return database === undefined
    ? { kind: 'folder', folder: data }
    : { kind: 'postgres', connectionString: database }
}

/** Several networks may follow one `--trust-proxy`: they are made one value, so that none is taken for a command. */
function gatherNetworks(args: readonly string[]): readonly string[] {
  const gathered: string[] = []
  let inList = false
  for (const arg of args) {
    const isMore = inList && gathered.at(-1) !== '--trust-proxy' && readNetwork(arg) !== null
    if (isMore) gathered.push('--trust-proxy', arg)
    else {
      inList = arg === '--trust-proxy' || (inList && gathered.at(-1) === '--trust-proxy')
      gathered.push(arg)
    }
  }
  return gathered
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: true,
      options: {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '0' },
        data: { type: 'string' },
        database: { type: 'string' },
        redis: { type: 'string' },
        'edit-window-minutes': {
          type: 'string',
          default: String(DEFAULT_EDIT_WINDOW_MS / MINUTE_MS),
        },
        'rate-limit': { type: 'string', default: String(DEFAULT_RATE_LIMIT) },
        registration: { type: 'string', default: 'open' },
        'stream-cap': { type: 'string', default: '50000' },
        'max-waiting-mib': { type: 'string', default: String(DEFAULT_MAX_WAITING_MIB) },
        'trust-proxy': { type: 'string', multiple: true, default: [] },
        metrics: { type: 'string', default: 'local' },
        help: { type: 'boolean', default: false },
        version: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    // parseArgs tells what is wrong only in the words of its errors, which may be several lines.
    const [line] = error instanceof Error ? error.message.split('\n') : []
    throw new BadCommandLine(line ?? 'the flags cannot be read', { cause: error })
  }
}
