import { useId } from 'react'
import type { ConversationView } from '../../../protocol/ipc/views.ts'
import { useFerry, useStore } from '../../app/ferry-context.tsx'
import { attemptPlain } from '../../state/bridge.ts'
import { Button } from '../../ui/button.tsx'

/** In place of the box, for who may no longer write: what stood in it can still be read, and copied [O12]. */
export function NotMember({ view }: { view: ConversationView }) {
  const { api, composers, controller } = useFerry()
  const text = useStore(composers.of(view.id), (state) => state.text)
  const label = useId()

  async function copy(): Promise<void> {
    const answer = await attemptPlain(api.copyText({ text }))
    if (!answer.ok) controller.fail('The text could not be copied')
  }

  return (
    <div className="not-member">
      <p>
        You are no longer a member of <bdi>{view.name}</bdi>. You can read what you have, but not
        write.
      </p>
      {text.trim() !== '' && (
        <div className="not-member__draft">
          <span id={label}>Your unsent text</span>
          <textarea readOnly aria-labelledby={label} rows={3} dir="auto" value={text} />
          <Button small onClick={() => void copy()}>
            Copy text
          </Button>
        </div>
      )}
    </div>
  )
}
