import { useState } from 'react'
import type { ConversationView, MemberView } from '../../../protocol/ipc/views.ts'
import { atName, isolate, nameLine } from '../../../protocol/model/names.ts'
import { useFerry, useModel } from '../../app/ferry-context.tsx'
import { attempt } from '../../state/bridge.ts'
import { selfId } from '../../state/selectors.ts'
import { describeFailure } from '../../text/describe-failure.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { AddMember } from './add-member.tsx'
import './members.css'

interface MembersProps {
  view: ConversationView
  onClose: () => void
}

/** Who is in a group; owners and admins add and remove people, everyone may leave. */
export function Members({ view, onClose }: MembersProps) {
  const { api, newKey } = useFerry()
  const self = useModel(selfId)
  const [failure, setFailure] = useState<string | null>(null)
  const me = view.members.find((member) => member.id === self)
  const manages = view.member && (me?.role === 'owner' || me?.role === 'admin')

  async function remove(member: MemberView): Promise<void> {
    setFailure(null)
    const answer = await attempt(
      api.removeMember({ key: newKey(), conversation: view.id, user: member.id }),
    )
    if (!answer.ok) setFailure(describeFailure(answer.failure))
    else if (member.id === self) onClose()
  }

  return (
    <Modal title={`Members of ${isolate(view.name)}`} onClose={onClose}>
      {manages && <AddMember view={view} onFailure={setFailure} />}
      {failure !== null && (
        <p className="dialog__error" role="alert">
          {failure}
        </p>
      )}
      <ul className="members">
        {view.members.map((member) => (
          <li key={member.id} className="members__row">
            <Avatar id={member.id} name={member.name} online={member.online} rank={member.rank} />
            <span className="members__words">
              <span className="members__name">
                <bdi>{member.name}</bdi>
                {member.id === self && ' (you)'}
              </span>
              <span className="members__about">{describe(member)}</span>
            </span>
            {view.member && (manages || member.id === self) && (
              <Remove member={member} self={member.id === self} onRemove={remove} />
            )}
          </li>
        ))}
      </ul>
      <div className="dialog__buttons">
        <Button onClick={onClose}>Close</Button>
      </div>
    </Modal>
  )
}

function describe(member: MemberView): string {
  const role = member.role === 'member' ? '' : `, ${member.role}`
  return `${atName(member.username)}${role}${member.online ? ', active now' : ''}`
}

interface RemoveProps {
  member: MemberView
  self: boolean
  onRemove: (member: MemberView) => Promise<void>
}

/** Removing someone takes a second press: it cannot be undone without them noticing. */
function Remove({ member, self, onRemove }: RemoveProps) {
  const [asked, setAsked] = useState(false)
  const word = self ? 'Leave' : 'Remove'
  if (!asked) {
    return (
      <Button
        small
        look="quiet"
        aria-label={`${word} ${nameLine(member)}…`}
        onClick={() => setAsked(true)}
      >
        {word}…
      </Button>
    )
  }
  return (
    <Button
      small
      look="danger"
      autoFocus
      onBlur={() => setAsked(false)}
      onClick={() => {
        setAsked(false)
        void onRemove(member)
      }}
    >
      {self ? 'Really leave' : 'Really remove'}
    </Button>
  )
}
