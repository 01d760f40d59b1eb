import { Logo } from '../ui/logo.tsx'
import { Spinner } from '../ui/spinner.tsx'
import './starting.css'

/** Shown while main opens the profile; quiet at first, since that mostly takes an instant. */
export function Starting() {
  return (
    <main className="starting">
      <Logo size={56} />
      <h1 className="starting__text">
        <Spinner />
        Starting…
      </h1>
    </main>
  )
}
