import './spinner.css'

/** Something is going on. Decoration: what goes on is said in words beside it. */
export function Spinner() {
  return <span className="spinner" aria-hidden="true" />
}
