import { lazy, Suspense, useEffect } from 'react'
import { TooltipHost } from '../ui/tooltip-host.tsx'
import { Announcer } from './announcer.tsx'
import { useFerry, useModel } from './ferry-context.tsx'
import { usePainted } from './painted.ts'
import { Shell } from './shell.tsx'

const Welcome = lazy(async () => ({
  default: (await import('../features/welcome/welcome.tsx')).Welcome,
}))
const StorageFailed = lazy(async () => ({
  default: (await import('../features/storage-failed/storage-failed.tsx')).StorageFailed,
}))
const Starting = lazy(async () => ({ default: (await import('./starting.tsx')).Starting }))

/** Chooses the screen from what main says about the session and the disk. */
export function App() {
  const platform = useModel((model) => model.app?.state.platform ?? null)
  useEffect(() => {
    if (platform !== null) document.documentElement.setAttribute('data-platform', platform)
  }, [platform])
  const { time } = useFerry()
  usePainted()
  return (
    <>
      <Suspense fallback={null}>
        <Screen />
      </Suspense>
      <Announcer />
      <TooltipHost describeInstant={time.full} />
    </>
  )
}

function Screen() {
  const storage = useModel((model) => model.app?.state.storage ?? null)
  const session = useModel((model) => model.app?.state.session ?? null)
  if (session === null || storage === null) return null
  if (storage.status === 'failed') return <StorageFailed storage={storage} />
  switch (session.status) {
    case 'welcome':
      return <Welcome serverUrl={session.serverUrl} />
    case 'starting':
      return <Starting />
    case 'signed-in':
    case 'signed-out':
      return <Shell />
  }
}
