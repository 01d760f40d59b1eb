import { Users } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import type { ConversationView, MemberView } from '../../../protocol/ipc/views.ts'
import { atName } from '../../../protocol/model/names.ts'
import { useModel } from '../../app/ferry-context.tsx'
import { avatarIdOf, otherMember, selfId } from '../../state/selectors.ts'
import { count } from '../../text/numbers.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { IconButton } from '../../ui/button.tsx'

const Members = lazy(async () => ({ default: (await import('../members/members.tsx')).Members }))

/** Which conversation this is, and who is in it. */
export function ConversationHeader({ view }: { view: ConversationView }) {
  const self = useModel(selfId)
  const [membersOpen, setMembersOpen] = useState(false)
  const other = otherMember(view, self)
  const about = describe(view, other)
  return (
    <header className="conversation-header">
      <Avatar
        id={avatarIdOf(view, self)}
        name={view.name}
        group={view.kind === 'group'}
        online={other?.online ?? false}
        rank={other?.rank}
      />
      <div className="conversation-header__words">
        <h1 className="conversation-header__name" data-tooltip-clipped={view.name} data-clip="true">
          <bdi>{view.name}</bdi>
        </h1>
        {about !== null && <p className="conversation-header__about">{about}</p>}
      </div>
      {view.kind === 'group' && (
        <IconButton label="Members" onClick={() => setMembersOpen(true)}>
          <Users size={18} />
        </IconButton>
      )}
      {membersOpen && (
        <Suspense fallback={null}>
          <Members view={view} onClose={() => setMembersOpen(false)} />
        </Suspense>
      )}
    </header>
  )
}

function describe(view: ConversationView, other: MemberView | undefined): string | null {
  if (!view.member) return 'You are no longer a member'
  if (other !== undefined) {
    const who = atName(other.username)
    return other.online ? `${who}, active now` : who
  }
  if (view.members.length <= 1) return 'Only you'
  const active = view.members.filter((member) => member.online).length
  const members = count(view.members.length, 'member')
  return active > 1 ? `${members}, ${active} active now` : members
}
