import { type ComponentPropsWithRef, useId } from 'react'
import './field.css'

type TextFieldProps = Omit<
  ComponentPropsWithRef<'input'>,
  'className' | 'id' | 'aria-invalid' | 'aria-describedby'
> & {
  label: string
  hint?: string
  /** What is wrong with the value; null while nothing is. */
  error?: string | null
}

/** A labelled line of text with a hint or an error, tied together for assistive technology. */
export function TextField({ label, hint, error = null, ...input }: TextFieldProps) {
  const id = useId()
  const note = error ?? hint
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {label}
      </label>
      <input
        {...input}
        id={id}
        className="input"
        aria-invalid={error !== null}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
      />
      {note !== undefined && (
        <p id={`${id}-note`} className={error === null ? 'field__hint' : 'field__error'}>
          {note}
        </p>
      )}
    </div>
  )
}
