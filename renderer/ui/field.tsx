import { type ComponentPropsWithRef, type ReactNode, useId } from 'react'
import './field.css'

type TextFieldProps = Omit<
  ComponentPropsWithRef<'input'>,
  'className' | 'id' | 'aria-invalid' | 'aria-describedby'
> & {
  label: string
  hint?: string
  /** What is wrong with the value; null while nothing is. */
  error?: string | null
  /** Stands at the end, inside the field. */
  trailing?: ReactNode
}

/** A labelled line of text with a hint or an error, tied together for assistive technology. */
export function TextField({ label, hint, error = null, trailing, ...input }: TextFieldProps) {
  const id = useId()
  const note = error ?? hint
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {label}
      </label>
      <div className="field__box">
        <input
          {...input}
          id={id}
          className="input"
          aria-invalid={error !== null}
          aria-describedby={note === undefined ? undefined : `${id}-note`}
        />
        {trailing}
      </div>
      {note !== undefined && (
        <p id={`${id}-note`} className={error === null ? 'field__hint' : 'field__error'}>
          {note}
        </p>
      )}
    </div>
  )
}
