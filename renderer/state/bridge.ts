import type { FerryApi, Result } from '../../protocol/ipc/api.ts'

declare global {
  interface Window {
    /** Put there by the preload script; the only door out of the sandbox. */
    readonly ferry: FerryApi
  }
}

/** Code of a failure that only the renderer knows: the call itself broke, main never answered it. */
const BRIDGE_FAILURE = 'bridge'

/** Waits for a call; one that rejects becomes a failure like any other, so that no caller can forget it. */
export async function attempt<T>(call: Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await call
  } catch (error) {
    return { ok: false, failure: { code: BRIDGE_FAILURE, message: String(error) } }
  }
}

/** The same for a call that has no refusal of its own. */
export function attemptPlain<T>(call: Promise<T>): Promise<Result<T>> {
  return attempt(call.then((value) => ({ ok: true, value })))
}
