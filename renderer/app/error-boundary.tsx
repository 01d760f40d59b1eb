import { Component, type ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import './error-boundary.css'

interface Props {
  children: ReactNode
}
type State = { status: 'fine' } | { status: 'broken'; message: string }

/** The last resort: an error while drawing shows as one, with a way on, instead of an empty window. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { status: 'fine' }

  static getDerivedStateFromError(error: unknown): State {
    return { status: 'broken', message: error instanceof Error ? error.message : String(error) }
  }

  override render(): ReactNode {
    if (this.state.status === 'fine') return this.props.children
    return (
      <main className="broken" role="alert">
        <h1 className="broken__title">This window has a problem</h1>
        <p className="broken__text">What you wrote is safe. Reloading the window shows it again.</p>
        <p className="broken__detail selectable">{this.state.message}</p>
        <Button look="primary" onClick={() => window.location.reload()}>
          Reload
        </Button>
      </main>
    )
  }
}
