import { useModel } from '../../app/ferry-context.tsx'
import { Button } from '../../ui/button.tsx'
import { Logo } from '../../ui/logo.tsx'
import './conversation.css'

/** The middle of the window while there is no conversation to show. */
export function NoConversation({ onStart }: { onStart: () => void }) {
  const loaded = useModel((model) => model.conversationsLoaded)
  if (!loaded) return null
  return (
    <div className="no-conversation">
      <Logo size={48} />
      <h1 className="no-conversation__title">No conversations yet</h1>
      <p className="no-conversation__text">
        Write to someone on this server, or gather a group. It shows here and in the list.
      </p>
      <Button look="primary" onClick={onStart}>
        Start a conversation
      </Button>
    </div>
  )
}
