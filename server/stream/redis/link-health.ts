/** Whether Redis can be used now: pure, so that every order of events can be tested. */
export type LinkHealth =
  | { readonly status: 'up' }
  | { readonly status: 'down'; readonly cause: DownCause }

/** `starting` until the first connection stands; the others say how it was lost. */
type DownCause = 'starting' | 'disconnected' | 'no answer' | 'closed'

export type LinkEvent =
  /** A connection broke or a new one stands and has not answered yet. */
  | { readonly type: 'disconnected' }
  /** A command or ping went unanswered for its whole time. */
  | { readonly type: 'unanswered' }
  /** Every connection answered a ping and every subscription stands. */
  | { readonly type: 'answered' }
  | { readonly type: 'closed' }

/** The next health. Only a full round of answers leads up again. */
export function nextHealth(health: LinkHealth, event: LinkEvent): LinkHealth {
  if (health.status === 'down' && health.cause === 'closed') return health
  switch (event.type) {
    case 'answered':
      return { status: 'up' }
    case 'disconnected':
      return health.status === 'down' && health.cause === 'starting'
        ? health
        : { status: 'down', cause: 'disconnected' }
    case 'unanswered':
      return { status: 'down', cause: 'no answer' }
    case 'closed':
      return { status: 'down', cause: 'closed' }
  }
}
