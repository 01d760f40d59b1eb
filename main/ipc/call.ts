import type { Results } from '../../protocol/ipc/api.ts'
import type { Method } from '../../protocol/ipc/channels.ts'
import { ARGUMENTS, type ArgumentOf } from '../../protocol/ipc/schemas.ts'
import type { Logger } from '../engine/ports.ts'

/** One handler a method; arguments have been validated when it is called. */
export type Handlers = {
  readonly [M in Method]: (argument: ArgumentOf<M>) => Promise<Results[M]>
}

/** What the page is told when its call was refused. It names the call and the field, never a value. */
export class RefusedCall extends Error {
  override readonly name = 'RefusedCall'
}

/**
 * Answers one call of the page: refuses a sender that is not ours, validates the argument, runs the handler.
 * Rejects with RefusedCall for the first two; a handler that throws is a defect, logged whole here and told to the
 * page without its inside. No argument is ever logged.
 */
export async function answerCall<M extends Method>(
  method: M,
  argument: unknown,
  trusted: boolean,
  handlers: Promise<Handlers>,
  logger: Logger,
): Promise<Results[M]> {
  if (!trusted) {
    logger.warn({ method }, 'call from a frame that is not ours refused')
    throw new RefusedCall(`${method}: not allowed from here`)
  }
  const parsed = ARGUMENTS[method].safeParse(argument)
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => ({
      path: issue.path.join('.'),
      code: issue.code,
    }))
    logger.warn({ method, fields }, 'call with an argument that does not fit refused')
    const places = fields.map(({ path, code }) => (path === '' ? code : `${path}: ${code}`))
    throw new RefusedCall(`${method}: the argument does not fit (${places.join('; ')})`)
  }
  try {
    const handler: (argument: ArgumentOf<M>) => Promise<Results[M]> = (await handlers)[method]
    return await handler(parsed.data as ArgumentOf<M>)
  } catch (error) {
    logger.error({ method, err: error }, 'a handler failed')
    throw new Error(`${method}: failed inside, the log has more`)
  }
}
