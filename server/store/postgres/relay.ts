import type { StreamId } from '../../../protocol/model/primitives.ts'
import type { Relay } from '../store.ts'
import type { Questions } from './questions.ts'
import { MARK_RELAYED, UNRELAYED } from './relay-statements.ts'

/** How far committed events have been handed to the bus. */
export class PostgresRelay implements Relay {
  readonly #questions: Questions

  constructor(questions: Questions) {
    this.#questions = questions
  }

  unrelayed(limit: number): Promise<{ stream: StreamId; relayed: number; head: number }[]> {
    return this.#questions.again(UNRELAYED, [limit])
  }

  async markRelayed(relayed: ReadonlyMap<StreamId, number>): Promise<void> {
    if (relayed.size === 0) return
    await this.#questions.again(MARK_RELAYED, [[...relayed.keys()], [...relayed.values()]])
  }
}
