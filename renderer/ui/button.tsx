import type { ComponentPropsWithRef, ReactNode } from 'react'
import './button.css'

type ButtonProps = Omit<ComponentPropsWithRef<'button'>, 'className'> & {
  look?: 'primary' | 'secondary' | 'quiet' | 'danger'
  small?: boolean
  wide?: boolean
}

/** A button with words. `type` is `button` unless said otherwise, so that it never submits a form by accident. */
export function Button({
  look = 'secondary',
  small = false,
  wide = false,
  type = 'button',
  ...rest
}: ButtonProps) {
  const className = [
    'button',
    `button--${look}`,
    small ? 'button--small' : '',
    wide ? 'button--wide' : '',
  ]
    .filter(Boolean)
    .join(' ')
  return <button {...rest} type={type} className={className} />
}

type IconButtonProps = Omit<ComponentPropsWithRef<'button'>, 'className' | 'aria-label'> & {
  /** Accessible name, and what the tooltip says unless `hint` says more. */
  label: string
  hint?: string
  small?: boolean
  children: ReactNode
}

/** A button with a picture; its name is its label, and shows as a tooltip. */
export function IconButton({
  label,
  hint = label,
  small = false,
  type = 'button',
  ...rest
}: IconButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-label={label}
      data-tooltip={hint}
      className={small ? 'icon-button icon-button--small' : 'icon-button'}
    />
  )
}
