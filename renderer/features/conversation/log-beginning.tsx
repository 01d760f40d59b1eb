import type { ConversationView } from '../../../protocol/ipc/views.ts'
import { isolate } from '../../../protocol/model/names.ts'
import { useModel } from '../../app/ferry-context.tsx'
import { avatarIdOf, selfId } from '../../state/selectors.ts'
import { Avatar } from '../../ui/avatar.tsx'

/** What stands above the first message of a conversation. */
export function LogBeginning({ view }: { view: ConversationView }) {
  const self = useModel(selfId)
  return (
    <div className="log-beginning">
      <Avatar
        id={avatarIdOf(view, self)}
        name={view.name}
        size="large"
        group={view.kind === 'group'}
      />
      <p className="log-beginning__text">{describe(view)}</p>
    </div>
  )
}

function describe(view: ConversationView): string {
  if (view.members.length <= 1) {
    return `This is the beginning of ${isolate(view.name)}. Only you can read it.`
  }
  return view.kind === 'direct'
    ? `This is the beginning of your conversation with ${isolate(view.name)}.`
    : `This is the beginning of ${isolate(view.name)}.`
}
