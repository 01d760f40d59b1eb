import { ChevronsUpDown, LogOut } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { isolate } from '../../../protocol/model/names.ts'
import { useFerry, useModel } from '../../app/ferry-context.tsx'
import { Avatar } from '../../ui/avatar.tsx'
import { hostOf } from '../accounts/server-address.ts'

const PopupMenu = lazy(async () => ({ default: (await import('../../ui/menu.tsx')).PopupMenu }))
const SignOutDialog = lazy(async () => ({
  default: (await import('./sign-out-dialog.tsx')).SignOutDialog,
}))

/** Who is signed in, and where; the way to another account, or out. */
export function Profile() {
  const { api, controller } = useFerry()
  const session = useModel((model) => model.app?.state.session ?? null)
  const [menu, setMenu] = useState<HTMLElement | null>(null)
  const [leaving, setLeaving] = useState(false)
  if (session === null || (session.status !== 'signed-in' && session.status !== 'signed-out')) {
    return null
  }
  const { user, server } = session
  const place = server.kind === 'bundled' ? 'On this computer' : hostOf(server.url)
  const who = (
    <>
      <Avatar id={user.id} name={user.displayName} size="small" />
      <span className="profile__words">
        <span className="profile__name">
          <bdi>{user.displayName}</bdi>
        </span>
        <span className="profile__place">{place}</span>
      </span>
    </>
  )
  return (
    <>
      <button
        type="button"
        className="profile profile--button"
        aria-label={`Account: ${isolate(user.displayName)}`}
        aria-haspopup="menu"
        aria-expanded={menu !== null}
        onClick={(event) => setMenu(event.currentTarget)}
      >
        {who}
        <ChevronsUpDown size={14} />
      </button>
      <Suspense fallback={null}>
        {menu !== null && (
          <PopupMenu
            anchor={menu}
            label="Account"
            align="start"
            entries={[
              {
                label: server.kind === 'bundled' ? 'Use another account…' : 'Sign out…',
                icon: <LogOut size={15} />,
                onSelect: () => setLeaving(true),
              },
            ]}
            onClose={() => setMenu(null)}
          />
        )}
        {leaving && (
          <SignOutDialog
            own={server.kind === 'bundled'}
            onClose={() => setLeaving(false)}
            onConfirm={() => {
              setLeaving(false)
              void controller.perform('Not signed out', api.signOut())
            }}
          />
        )}
      </Suspense>
    </>
  )
}
