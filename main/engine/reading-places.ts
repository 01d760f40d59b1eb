import type { PlaceView } from '../../protocol/ipc/views.ts'
import type { Cursor, Id } from '../../protocol/model/primitives.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import type { Reading } from '../store/reading-table.ts'

const NEW: Reading = { joined: null, place: null }

type PlacesStore = Pick<ProfileStore, 'reading' | 'putReading' | 'fetchedFrom'>

interface Streamed {
  /** seq up to which a conversation was not streamed here. */
  readonly floor: (conversation: Id) => Cursor
  readonly readUpTo: (conversation: Id) => Cursor
}

/**
 * From where on a conversation is unread, and where in it the user was. On a device that has only the newest of it, how
 * far the user has read elsewhere is asked for (`receipts`); until that is answered nothing is marked as read.
 */
export class ReadingPlaces {
  readonly #store: PlacesStore
  readonly #streamed: Streamed
  readonly #all: Map<Id, Reading>
  /** The server cannot tell own marks: it is older than they are. */
  #isUnavailable = false

  constructor(store: PlacesStore, streamed: Streamed) {
    this.#store = store
    this.#streamed = streamed
    this.#all = store.reading()
  }

  /** Everything up to this seq is read, or older than the user's membership. */
  from(id: Id): Cursor {
    const readUpTo = this.#streamed.readUpTo(id)
    if (this.#isUnavailable || !this.isKnown(id)) {
      return Math.max(readUpTo, this.#streamed.floor(id))
    }
    return Math.max(readUpTo, this.#of(id).joined ?? 0)
  }

  /** Whether it is known how far the user has read, here and elsewhere. */
  isKnown(id: Id): boolean {
    return this.#isUnavailable || this.#streamed.floor(id) === 0 || this.#of(id).joined !== null
  }

  /** Whether there may be unread messages that are not stored here, so that a count of them is the least it can be. */
  isAtLeast(id: Id): boolean {
    if (this.#isUnavailable || !this.isKnown(id)) return false
    const storedFrom = this.#store.fetchedFrom(id) ?? this.#streamed.floor(id) + 1
    return storedFrom > this.from(id) + 1
  }

  /** The message that was at the top of the screen; null: the end was in sight. */
  place(id: Id): PlaceView | null {
    return this.#of(id).place
  }

  /** The server told since when the user is a member; whether that is news. */
  told(id: Id, joined: Cursor): boolean {
    const known = this.#of(id)
    if (known.joined === joined) return false
    this.#put(id, { ...known, joined })
    return true
  }

  putPlace(id: Id, place: PlaceView | null): void {
    this.#put(id, { ...this.#of(id), place })
  }

  unavailable(): void {
    this.#isUnavailable = true
  }

  /** The seqs mean other messages now. */
  forget(id: Id): void {
    this.#all.delete(id)
  }

  #of(id: Id): Reading {
    return this.#all.get(id) ?? NEW
  }

  #put(id: Id, reading: Reading): void {
    this.#store.putReading(id, reading)
    this.#all.set(id, reading)
  }
}
