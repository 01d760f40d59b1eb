import { Dialog } from '@base-ui/react/dialog'
import { type ReactNode, type RefObject, useRef } from 'react'
import './dialog.css'

interface ModalProps {
  title: string
  description?: ReactNode
  wide?: boolean
  /** Called for Escape, a press outside, or a close button. */
  onClose: () => void
  /**
   * What takes the focus first; else the first control. `dialog`: no control, for a dialog that comes unasked, where
   * the Enter of someone who is writing must not answer it.
   */
  initialFocus?: RefObject<HTMLElement | null> | 'dialog'
  /** Asked when it closes: whether what had the focus before gets it back. It does unless this says no. */
  returnsFocus?: () => boolean
  children: ReactNode
}

/** A modal dialog, open for as long as it is rendered. */
export function Modal({
  title,
  description,
  wide = false,
  onClose,
  initialFocus,
  returnsFocus,
  children,
}: ModalProps) {
  const popup = useRef<HTMLDivElement>(null)
  const first = initialFocus === 'dialog' ? popup : initialFocus
  return (
    <Dialog.Root
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="dialog-backdrop" />
        <Dialog.Popup
          className={wide ? 'dialog dialog--wide' : 'dialog'}
          ref={popup}
          {...(first === undefined ? {} : { initialFocus: first })}
          {...(returnsFocus === undefined ? {} : { finalFocus: returnsFocus })}
        >
          <Dialog.Title className="dialog__title">{title}</Dialog.Title>
          {description !== undefined && (
            <Dialog.Description className="dialog__text">{description}</Dialog.Description>
          )}
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
