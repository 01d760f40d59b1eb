import { Dialog } from '@base-ui/react/dialog'
import type { ReactNode, RefObject } from 'react'
import './dialog.css'

interface ModalProps {
  title: string
  description?: ReactNode
  wide?: boolean
  /** Called for Escape, a press outside, or a close button. */
  onClose: () => void
  /** What takes the focus first; else the first control. */
  initialFocus?: RefObject<HTMLElement | null>
  /** What takes the focus afterwards; else what had it before. */
  finalFocus?: () => HTMLElement | null
  children: ReactNode
}

/** A modal dialog, open for as long as it is rendered. */
export function Modal({
  title,
  description,
  wide = false,
  onClose,
  initialFocus,
  finalFocus,
  children,
}: ModalProps) {
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
          {...(initialFocus === undefined ? {} : { initialFocus })}
          {...(finalFocus === undefined ? {} : { finalFocus })}
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
