import { readEvent, readMessage } from '../../protocol/model/received.ts'
import { WIRE_DIGEST } from '../../protocol/wire/digest.ts'
import type { Kept, KeptPlace } from '../store/kept-table.ts'
import { parseJson } from '../store/parse-json.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import { mergeMessage } from '../sync/merge-message.ts'
import type { EventApplier } from './event-applier.ts'
import type { Keeper } from './keeper.ts'
import type { TurnLoop } from './turn-loop.ts'
import type { Workspace } from './workspace.ts'

/** Kept things that are read at a time. */
const SLICE = 100

export interface RereadingPorts {
  readonly store: ProfileStore
  readonly workspace: Workspace
  readonly loop: Pick<TurnLoop, 'addBulk'>
  readonly applier: Pick<EventApplier, 'apply'>
  readonly keeper: Keeper
  /** Whether this made something fail since the program started: it is not tried twice. */
  readonly wasSetAside: (place: KeptPlace) => boolean
}

/**
 * Reads again what a version with other knowledge of the wire kept [G1]: in the order of each stream, in slices, before
 * anything new is applied. What is still not known stays kept.
 */
export class Rereading {
  readonly #ports: RereadingPorts
  #last: Kept | null = null

  constructor(ports: RereadingPorts) {
    this.#ports = ports
  }

  begin(): void {
    const { store, loop } = this.#ports
    if (store.setting('knowledge') === WIRE_DIGEST) return
    loop.addBulk({
      step: (isOver) => {
        do {
          const slice = store.keptAfter(this.#last, SLICE)
          if (slice.length === 0) {
            store.putSetting('knowledge', WIRE_DIGEST)
            return 'done'
          }
          for (const kept of slice) this.#read(kept)
          this.#last = slice.at(-1) ?? null
        } while (!isOver())
        return 'more'
      },
    })
  }

  #read(kept: Kept): void {
    if (this.#ports.wasSetAside(kept)) return
    const raw = parseJson(kept.raw)
    if (kept.kind === 'event') this.#readEvent(kept, raw)
    else this.#readMessage(kept, raw)
  }

  #readEvent(kept: Kept, raw: unknown): void {
    const { keeper, applier } = this.#ports
    const event = readEvent(raw, kept.seq)
    if (event === null || event.type === 'kept') return
    // It may be kept again, by its name: as what makes something fail, or waiting still.
    keeper.unkeep(kept)
    applier.apply(kept.stream, event)
  }

  #readMessage(kept: Kept, raw: unknown): void {
    const { keeper, workspace, store } = this.#ports
    const told = readMessage(raw)
    if (told === null || told.conversation !== kept.stream) return
    keeper.unkeep(kept)
    const stored = store.messageById(told.id)
    const message = mergeMessage(stored, told)
    if (message !== stored) workspace.putMessage(message, stored)
  }
}
