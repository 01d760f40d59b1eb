/** Asks one question after another, of those that wait only the newest. */
export interface LatestOnly<Q, A> {
  /** The answer; null when a newer question (or `drop`) came before this one was asked. */
  readonly ask: (question: Q) => Promise<A | null>
  /** Forgets the question that waits, if there is one. */
  readonly drop: () => void
}

/**
 * Makes an asker for what changes faster than it is answered. The first question is asked at once; how many follow is
 * set by how fast they are answered, and not by a timer that would keep the last one waiting, too. `asked` must not
 * reject.
 */
export function createLatestOnly<Q, A>(asked: (question: Q) => Promise<A>): LatestOnly<Q, A> {
  let waiting: { readonly question: Q; readonly settle: (answer: A | null) => void } | null = null
  let isBusy = false

  function drop(): void {
    waiting?.settle(null)
    waiting = null
  }

  async function run(): Promise<void> {
    isBusy = true
    while (waiting !== null) {
      const { question, settle } = waiting
      waiting = null
      settle(await asked(question))
    }
    isBusy = false
  }

  return {
    drop,
    ask: (question) =>
      new Promise((settle) => {
        drop()
        waiting = { question, settle }
        if (!isBusy) void run()
      }),
  }
}
