import { Info, TriangleAlert, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Notice } from '../../../protocol/ipc/views.ts'
import { isolate } from '../../../protocol/model/names.ts'
import { useFerry, useModel } from '../../app/ferry-context.tsx'
import type { Model } from '../../state/model.ts'
import { count } from '../../text/numbers.ts'
import { IconButton } from '../../ui/button.tsx'
import './notices.css'

/** The notice of main that is not dismissed yet. The same one is told again with every state: compared by content. */
export function openNotice(model: Model): Notice | null {
  const notice = model.app?.state.notice ?? null
  if (notice === null || model.dismissedNotice === null) return notice
  return JSON.stringify(notice) === JSON.stringify(model.dismissedNotice) ? null : notice
}

/** What the user must be told once, and what did not work just now. */
export function Notices() {
  const { store } = useFerry()
  const notice = useModel(openNotice)
  const alerts = useModel((model) => model.alerts)
  if (notice === null && alerts.length === 0) return null
  return (
    <div className="notices">
      {notice !== null && (
        <Banner
          look="notice"
          onDismiss={() => store.update((model) => ({ ...model, dismissedNotice: notice }))}
        >
          {describeNotice(notice)}
        </Banner>
      )}
      {alerts.map(({ id, text }) => (
        <Banner
          key={id}
          look="alert"
          onDismiss={() =>
            store.update((model) => ({
              ...model,
              alerts: model.alerts.filter((alert) => alert.id !== id),
            }))
          }
        >
          {text}
        </Banner>
      ))}
    </div>
  )
}

interface BannerProps {
  look: 'notice' | 'alert'
  onDismiss: () => void
  children: ReactNode
}

function Banner({ look, onDismiss, children }: BannerProps) {
  return (
    <div className={`banner banner--${look}`} role="alert">
      {look === 'notice' ? <Info size={16} /> : <TriangleAlert size={16} />}
      <p className="banner__text">{children}</p>
      <IconButton label="Dismiss" small onClick={onDismiss}>
        <X size={15} />
      </IconButton>
    </div>
  )
}

/** Most conversations that are named. */
const MAX_NAMED = 3

function describeNotice(notice: Notice): string {
  switch (notice.kind) {
    case 'server_restored': {
      const { conversations } = notice
      const named = conversations.slice(0, MAX_NAMED).map(isolate).join(', ')
      const more = conversations.length - MAX_NAMED
      const where = more > 0 ? `${named} and ${more} more` : named
      return `The server came back with older data. ${where} may lack the newest messages there. Yours among them are kept here as not sent: retry or discard them.`
    }
    case 'bundled_server_restarted':
      return 'The server on this computer stopped and was started again. Nothing is lost.'
    case 'data_set_aside':
      return describeSetAside(notice)
    case 'unreadable':
      return 'The server sent something that Ferry could not read. It is kept for the next version, and the rest goes on.'
  }
}

function describeSetAside({ path, lost }: Extract<Notice, { kind: 'data_set_aside' }>): string {
  const own =
    lost === 0 ? '' : ` ${count(lost, 'piece', 'pieces')} of what you wrote could not be read.`
  return `Some of the data on this computer could not be read.${own} The damaged files were set aside in ${path}; what is missing is fetched from the server again.`
}
