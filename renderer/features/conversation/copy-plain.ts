import type { ClipboardEvent } from 'react'

/** What is copied out of the log is its text alone: colours and sizes of this window are of no use elsewhere. */
export function copyPlain(event: ClipboardEvent): void {
  const text = document.getSelection()?.toString() ?? ''
  if (text === '') return
  event.clipboardData.setData('text/plain', text)
  event.preventDefault()
}
