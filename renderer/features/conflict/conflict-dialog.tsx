import { useId } from 'react'
import { isolate } from '../../../protocol/model/names.ts'
import type { Conflict } from '../../state/conflicts.ts'
import { Button } from '../../ui/button.tsx'
import { Modal } from '../../ui/dialog.tsx'
import './conflict.css'

interface ConflictDialogProps {
  conflict: Conflict
  /** Name of the conversation, where it is known. */
  conversation: string | null
  busy: boolean
  onChoose: (choice: 'mine' | 'theirs') => void
  onPostpone: () => void
}

/** Both texts of a message that was edited in two places, and which one shall stand. */
export function ConflictDialog(props: ConflictDialogProps) {
  const { conflict, conversation, busy, onChoose, onPostpone } = props
  return (
    <Modal
      title="This message was changed elsewhere"
      description={
        conversation === null
          ? 'Your edit and another one met. Which text shall stand?'
          : `Your edit and another one met in ${isolate(conversation)}. Which text shall stand?`
      }
      wide
      initialFocus="dialog"
      onClose={onPostpone}
    >
      <div className="conflict__texts">
        <Version title="Your text" text={conflict.mine} />
        <Version title="The text there now" text={conflict.theirs} />
      </div>
      <div className="dialog__buttons">
        <Button aria-disabled={busy} onClick={() => !busy && onChoose('theirs')}>
          Keep theirs
        </Button>
        <Button look="primary" aria-disabled={busy} onClick={() => !busy && onChoose('mine')}>
          Keep mine
        </Button>
      </div>
    </Modal>
  )
}

function Version({ title, text }: { title: string; text: string }) {
  const id = useId()
  return (
    <section className="conflict__version" aria-labelledby={id}>
      <h3 id={id} className="conflict__label">
        {title}
      </h3>
      <p className="conflict__text selectable" dir="auto">
        {text}
      </p>
    </section>
  )
}
