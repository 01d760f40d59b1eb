import type { Cursor, Id } from '../../protocol/model/primitives.ts'
import type { Receipt } from '../../protocol/model/receipt.ts'
import type { SeqRange } from '../store/messages-table.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import {
  mergeReceipt,
  mergeStanding,
  type Reach,
  reachOf,
  type Standing,
  standingOf,
} from '../sync/receipts.ts'
import type { Changes } from './changes.ts'
import type { Workspace } from './workspace.ts'

/** Messages that are told anew for one mark that moved, the newest: more are hardly on any screen. */
const MAX_TOLD = 1_000

export interface BookPorts {
  readonly store: Pick<
    ProfileStore,
    'receipts' | 'putReceipt' | 'standing' | 'putStanding' | 'keysBetween'
  >
  readonly workspace: Pick<Workspace, 'self' | 'record'>
  readonly changes: Pick<Changes, 'isWatched' | 'message'>
}

/**
 * How far the members of each conversation have come, written through to the store, and how the user's messages stand
 * by that [R1, R2]. Read when first asked for: a start waits for nothing of it. All writing methods belong inside a turn.
 */
export class ReceiptBook {
  readonly #ports: BookPorts
  readonly #receipts = new Map<Id, Map<Id, Receipt>>()
  readonly #standings = new Map<Id, Standing>()

  constructor(ports: BookPorts) {
    this.#ports = ports
  }

  standing(conversation: Id): Standing {
    const known = this.#standings.get(conversation)
    if (known !== undefined) return known
    const stored = this.#ports.store.standing(conversation)
    this.#standings.set(conversation, stored)
    return stored
  }

  /** Of one message of a conversation with several others: for how many it is, and how many have it. Else null. */
  reach(conversation: Id, seq: Cursor): Reach | null {
    const members = this.#members(conversation)
    if (members.length <= 2) return null
    return reachOf(seq, members, this.#of(conversation), this.#ports.workspace.self)
  }

  /** How far the server knows that the user has a conversation. */
  own(conversation: Id): Cursor {
    return this.#of(conversation).get(this.#ports.workspace.self)?.delivered ?? 0
  }

  /** Takes what was told of members; the messages that stand otherwise by it are told. */
  take(conversation: Id, told: readonly Receipt[]): void {
    const { store, workspace } = this.#ports
    const known = this.#of(conversation)
    const moved: SeqRange[] = []
    for (const receipt of told) {
      const before = known.get(receipt.user) ?? null
      const merged = mergeReceipt(before, receipt)
      if (merged === before) continue
      known.set(receipt.user, merged)
      store.putReceipt(conversation, merged)
      if (receipt.user === workspace.self) continue
      moved.push({ after: before?.delivered ?? 0, upTo: merged.delivered })
      moved.push({ after: before?.read ?? 0, upTo: merged.read })
    }
    if (moved.length === 0) return
    const isShownOfEach = this.#members(conversation).length > 2
    this.#tell(conversation, [...this.#restand(conversation), ...(isShownOfEach ? moved : [])])
  }

  /** The server has taken that the user has a conversation up to a seq. */
  reported(conversation: Id, delivered: Cursor): void {
    this.take(conversation, [{ user: this.#ports.workspace.self, joined: 0, delivered, read: 0 }])
  }

  /** Somebody became a member with the event `seq`, and counts from there on. */
  joined(conversation: Id, user: Id, seq: Cursor): void {
    this.take(conversation, [{ user, joined: seq, delivered: 0, read: 0 }])
  }

  /** Somebody came or went: who counts is not the same any more. */
  membersChanged(conversation: Id): void {
    this.#tell(conversation, this.#restand(conversation))
  }

  /** What was stored of a conversation is being cleared, as its seqs will be given again. */
  forget(conversation: Id): void {
    this.#receipts.delete(conversation)
    this.#standings.delete(conversation)
  }

  /** Works out anew how messages stand; the seqs for which that is another state than before. */
  #restand(conversation: Id): SeqRange[] {
    const { store, workspace } = this.#ports
    const before = this.standing(conversation)
    const members = this.#members(conversation)
    const present = standingOf(members, this.#of(conversation), workspace.self)
    const now = mergeStanding(before, present)
    if (now === before) return []
    this.#standings.set(conversation, now)
    store.putStanding(conversation, now)
    return [
      { after: before.delivered, upTo: now.delivered },
      { after: before.read, upTo: now.read },
    ]
  }

  #tell(conversation: Id, ranges: readonly SeqRange[]): void {
    const { store, workspace, changes } = this.#ports
    if (!changes.isWatched(conversation)) return
    for (const range of ranges) {
      if (range.upTo <= range.after) continue
      for (const key of store.keysBetween(conversation, workspace.self, range, MAX_TOLD)) {
        changes.message(conversation, key)
      }
    }
  }

  #members(conversation: Id): readonly Id[] {
    const record = this.#ports.workspace.record(conversation)
    return record?.conversation.members.map(({ user }) => user) ?? []
  }

  #of(conversation: Id): Map<Id, Receipt> {
    const known = this.#receipts.get(conversation)
    if (known !== undefined) return known
    const stored = this.#ports.store.receipts(conversation)
    const receipts = new Map(stored.map((receipt) => [receipt.user, receipt]))
    this.#receipts.set(conversation, receipts)
    return receipts
  }
}
