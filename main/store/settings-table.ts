import type { Database, Statement } from 'better-sqlite3'
import { z } from 'zod'
import { User } from '../../protocol/model/user.ts'
import { parseJson } from './parse-json.ts'
import { readRow } from './row.ts'
import { StorageError } from './storage-error.ts'

/** The account that this profile belongs to. */
export const StoredAccount = z.object({
  user: User,
  server: z.object({
    kind: z.enum(['bundled', 'remote']),
    url: z.string(),
    /** The user chose it over the address that was given from outside. */
    isChosen: z.boolean().exactOptional(),
  }),
  /** Whether there is a token, and if not, who ended the session. */
  session: z.enum(['signed-in', 'ended-by-server', 'ended-by-user']),
  /** What the server said last, so that the first screen knows it too: ms, bytes. */
  limits: z.object({ editWindowMs: z.number(), maxBodyBytes: z.number() }),
  /** What the server said last of itself; none before version 2. */
  peer: z
    .object({ protocol: z.number(), minProtocol: z.number(), features: z.array(z.string()) })
    .optional(),
})
export type StoredAccount = z.infer<typeof StoredAccount>

/**
 * An account on the bundled server that is being made: stored before the server is asked, so that a kill in between
 * is continued with the same name, password and first conversation.
 */
export const BundledPlan = z.object({
  username: z.string(),
  displayName: z.string(),
  firstConversationKey: z.guid(),
})
export type BundledPlan = z.infer<typeof BundledPlan>

interface Settings {
  /** Name of this installation towards the server; the same over restarts. */
  device: string
  /** Name of the server's database that the cursors belong to. */
  instance: string
  account: StoredAccount
  bundledPlan: BundledPlan
  /** What the version that read last knew of the wire: WIRE_DIGEST. */
  knowledge: string
  /** The same of the version that asked for all conversations last. */
  directoryKnowledge: string
  /** The conversation that was on screen last. */
  lastConversation: string
  /** Rows of the outbox that cannot be read, thrown away, and can still be taken back. */
  thrownAway: { key: string; at: number; delayMs: number }[]
}

export type SettingName = keyof Settings
export type Setting<N extends SettingName> = Settings[N]

const SCHEMAS: { readonly [N in SettingName]: z.ZodType<Setting<N>> } = {
  device: z.string(),
  instance: z.string(),
  account: StoredAccount,
  bundledPlan: BundledPlan,
  knowledge: z.string(),
  directoryKnowledge: z.string(),
  lastConversation: z.string(),
  thrownAway: z.array(z.object({ key: z.string(), at: z.number(), delayMs: z.number() })),
}

/** Sealed values: the token of the session, and the password that was made for the bundled server. */
export type SecretName = 'token' | 'bundledPassword'

const Value = z.object({ value: z.string() })
const Sealed = z.object({ sealed: z.instanceof(Uint8Array) })

/** Single values of the profile. */
export class SettingsTable {
  readonly #get: Statement<[string]>
  readonly #put: Statement<[string, string]>
  readonly #remove: Statement<[string]>
  readonly #getSecret: Statement<[string]>
  readonly #putSecret: Statement<[string, Uint8Array]>
  readonly #removeSecret: Statement<[string]>

  constructor(db: Database) {
    this.#get = db.prepare('SELECT value FROM settings WHERE name = ?')
    this.#put = db.prepare(`
      INSERT INTO settings (name, value) VALUES (?, ?)
      ON CONFLICT (name) DO UPDATE SET value = excluded.value`)
    this.#remove = db.prepare('DELETE FROM settings WHERE name = ?')
    this.#getSecret = db.prepare('SELECT sealed FROM secrets WHERE name = ?')
    this.#putSecret = db.prepare(`
      INSERT INTO secrets (name, sealed) VALUES (?, ?)
      ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed`)
    this.#removeSecret = db.prepare('DELETE FROM secrets WHERE name = ?')
  }

  /** null when it was never set, or cannot be read. Throws StorageError for an account that cannot be read. */
  get<N extends SettingName>(name: N): Setting<N> | null {
    const raw = this.#get.get(name)
    if (raw === undefined) return null
    const parsed = SCHEMAS[name].safeParse(parseJson(readRow(Value, raw).value))
    if (parsed.success) return parsed.data
    // Not as if there were none: a profile that belongs to somebody would look like a new one.
    if (name === 'account') throw new StorageError('corrupt', 'the account cannot be read')
    return null
  }

  /** null removes it. */
  put<N extends SettingName>(name: N, value: Setting<N> | null): void {
    if (value === null) this.#remove.run(name)
    else this.#put.run(name, JSON.stringify(value))
  }

  getSecret(name: SecretName): Uint8Array | null {
    const raw = this.#getSecret.get(name)
    return raw === undefined ? null : readRow(Sealed, raw).sealed
  }

  /** null removes it. */
  putSecret(name: SecretName, sealed: Uint8Array | null): void {
    if (sealed === null) this.#removeSecret.run(name)
    else this.#putSecret.run(name, sealed)
  }
}
