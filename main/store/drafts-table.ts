import type { Database, Statement } from 'better-sqlite3'
import { z } from 'zod'
import type { Id } from '../../protocol/model/primitives.ts'
import type { Draft, DraftAbout } from '../sync/draft.ts'
import { parseJson } from './parse-json.ts'
import { readRow } from './row.ts'

const Row = z.object({ conversation: z.string(), body: z.string(), about: z.string().nullable() })

const About = z.union([
  z.object({ kind: z.literal('reply'), message: z.string() }),
  z.object({
    kind: z.literal('edit'),
    message: z.string(),
    original: z.string(),
    text: z.string(),
  }),
])

/** Texts that are being written, one a conversation. */
export class DraftsTable {
  readonly #all: Statement<[]>
  readonly #put: Statement<[string, string, string | null]>
  readonly #remove: Statement<[string]>

  constructor(db: Database) {
    this.#all = db.prepare('SELECT conversation, body, about FROM drafts')
    this.#put = db.prepare(`
      INSERT INTO drafts (conversation, body, about) VALUES (?, ?, ?)
      ON CONFLICT (conversation) DO UPDATE SET body = excluded.body, about = excluded.about`)
    this.#remove = db.prepare('DELETE FROM drafts WHERE conversation = ?')
  }

  load(): Map<Id, Draft> {
    const rows = this.#all.all().map((raw) => readRow(Row, raw))
    return new Map(
      rows.map(({ conversation, body, about }) => [
        conversation,
        { body, about: readAbout(about) },
      ]),
    )
  }

  /** Keeps a draft; an empty one is removed. */
  put(conversation: Id, { body, about }: Draft): void {
    if (body === '' && about === null) this.#remove.run(conversation)
    else this.#put.run(conversation, body, about === null ? null : JSON.stringify(about))
  }
}

/** One of another version is passed over: the text beside it is what counts. */
function readAbout(json: string | null): DraftAbout | null {
  if (json === null) return null
  return About.safeParse(parseJson(json)).data ?? null
}
