import { useModel } from './ferry-context.tsx'

/**
 * The one live region. The log and the connection status are silent themselves: rows that scroll into view and a
 * countdown that ticks are not news.
 */
export function Announcer() {
  const { text, nonce } = useModel((model) => model.announcement)
  return (
    <div className="visually-hidden" aria-live="polite">
      <span key={nonce}>{text}</span>
    </div>
  )
}
