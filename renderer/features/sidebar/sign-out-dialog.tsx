import { useModel } from '../../app/ferry-context.tsx'
import { count } from '../../text/numbers.ts'
import { Button } from '../../ui/button.tsx'
import { Modal } from '../../ui/dialog.tsx'

interface SignOutDialogProps {
  /** The account is on the server of this computer, which signs in by itself. */
  own: boolean
  onConfirm: () => void
  onClose: () => void
}

/** Asks before signing out, and says what becomes of what is still waiting [O8]. */
export function SignOutDialog({ own, onConfirm, onClose }: SignOutDialogProps) {
  const waiting = useModel((model) => model.app?.state.outbox.waiting ?? 0)
  return (
    <Modal
      title={own ? 'Use another account?' : 'Sign out?'}
      description={
        waiting === 0
          ? 'Your conversations stay on this computer. Nothing new arrives until you sign in again.'
          : `${count(waiting, 'change is', 'changes are')} still waiting. They are kept, and delivered after you sign in again.`
      }
      onClose={onClose}
    >
      <div className="dialog__buttons">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" onClick={onConfirm}>
          Sign out
        </Button>
      </div>
    </Modal>
  )
}
