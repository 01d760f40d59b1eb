import type { ConversationView } from '../../protocol/ipc/views.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import type { Feature } from '../../protocol/wire/versions.ts'
import type { Model } from './model.ts'

/** Id of the user whose profile this is; null before there is one. */
export function selfId(model: Model): Id | null {
  const session = model.app?.state.session
  return session?.status === 'signed-in' || session?.status === 'signed-out'
    ? session.user.id
    : null
}

/** The member of a direct conversation that is not the user. */
export function otherMember(
  view: ConversationView,
  self: Id | null,
): ConversationView['members'][number] | undefined {
  return view.kind === 'direct' ? view.members.find((member) => member.id !== self) : undefined
}

/** What decides the colour of a conversation: a direct one wears that of the other person. */
export function avatarIdOf(view: ConversationView, self: Id | null): Id {
  return otherMember(view, self)?.id ?? view.id
}

/** Whether the server can this; what it lacks is not offered, or is said [G2]. */
export function serverCan(model: Model, feature: Feature): boolean {
  return model.app === null || model.app.state.features.includes(feature)
}
