import { useState } from 'react'
import { Logo } from '../../ui/logo.tsx'
import { DamagedServer } from '../accounts/damaged-server.tsx'
import { JoinForm } from '../accounts/join-form.tsx'
import { OtherAccounts } from '../accounts/other-accounts.tsx'
import { StartForm } from './start-form.tsx'
import './welcome.css'

/** The first screen: start here and now, or join a server. `serverUrl` was given from outside, if it is not null. */
export function Welcome({ serverUrl }: { serverUrl: string | null }) {
  const [path, setPath] = useState<'start' | 'join'>(serverUrl === null ? 'start' : 'join')
  return (
    <main className="welcome">
      <div className="welcome__card">
        <header className="welcome__head">
          <Logo size={56} />
          <h1 className="welcome__title">Welcome to Ferry</h1>
          <p className="welcome__lead">
            {path === 'start'
              ? 'Messages that always arrive: once, in order, and visibly.'
              : 'Sign in to your server, or create an account there.'}
          </p>
        </header>
        {path === 'start' ? (
          <StartForm onJoin={() => setPath('join')} />
        ) : (
          <JoinForm
            label="Join a server"
            address={serverUrl ?? ''}
            onBack={serverUrl === null ? () => setPath('start') : null}
          />
        )}
        <DamagedServer />
        <OtherAccounts />
      </div>
    </main>
  )
}
