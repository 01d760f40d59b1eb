import { parseArgs } from 'node:util'
import { z } from 'zod'
import { DEFAULT_EDIT_WINDOW_MS } from '../../protocol/limits.ts'
import type { StoreLocation } from '../store/open-store.ts'
import { DEFAULT_RATE_LIMIT } from '../ws/limits.ts'

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
})

/**
 * Reads the arguments after the program's name.
 *
 * @throws BadCommandLine with one line that names the flag
 */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parse(args)
  if (values.help) return { command: 'help' }
  if (values.version) return { command: 'version' }
  const flags = Flags.safeParse(values)
  if (!flags.success) {
    const [problem] = flags.error.issues
    throw new BadCommandLine(`--${problem?.path.join('.')} ${problem?.message}`)
  }
  const { data } = flags.data
  const [command, file, ...rest] = positionals
  if (command === undefined) return { command: 'serve', settings: toSettings(flags.data) }
  if (command === 'restored' && file === undefined) {
    return { command, store: toLocation(flags.data) }
  }
  if (command !== 'backup' || rest.length > 0) {
    throw new BadCommandLine(`there is no command "${positionals.join(' ')}"`)
  }
  if (file === undefined) throw new BadCommandLine('backup needs the name of a file')
  return { command: 'backup', folder: data, file }
}

function toSettings(flags: z.infer<typeof Flags>): Settings {
  return {
    host: flags.host,
    port: flags.port,
    store: toLocation(flags),
    redis: flags.redis ?? null,
    editWindowMs: flags['edit-window-minutes'] * MINUTE_MS,
    rateLimit: flags['rate-limit'],
    registration: flags.registration,
    streamCap: flags['stream-cap'],
  }
}

function toLocation({ database, data }: z.infer<typeof Flags>): StoreLocation {
  return database === undefined
    ? { kind: 'folder', folder: data }
    : { kind: 'postgres', connectionString: database }
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
        data: { type: 'string', default: './data' },
        database: { type: 'string' },
        redis: { type: 'string' },
        'edit-window-minutes': {
          type: 'string',
          default: String(DEFAULT_EDIT_WINDOW_MS / MINUTE_MS),
        },
        'rate-limit': { type: 'string', default: String(DEFAULT_RATE_LIMIT) },
        registration: { type: 'string', default: 'open' },
        'stream-cap': { type: 'string', default: '50000' },
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
