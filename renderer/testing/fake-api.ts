import type { FerryApi } from '../../protocol/ipc/api.ts'
import { METHODS } from '../../protocol/ipc/channels.ts'

/** A bridge on which only what a test gives works; anything else rejects, and the test sees it. */
export function fakeApi(methods: Partial<FerryApi>): FerryApi {
  const unexpected = Object.fromEntries(
    METHODS.map((method) => [
      method,
      async () => Promise.reject(new Error(`unexpected ${method}`)),
    ]),
  )
  return { subscribe: () => () => undefined, ...unexpected, ...methods } as FerryApi
}

/** Lets everything run that is due without time passing. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await Promise.resolve()
}
