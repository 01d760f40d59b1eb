import { app, type BrowserWindow, nativeImage } from 'electron'
import { type Attention, describeAttention, drawDot } from './attention.ts'

const DOT_SIZE = 16
/** `--ink-danger`, as premultiplied BGRA. */
const DOT_COLOUR = [0x1e, 0x26, 0xb3, 0xff] as const

/** Shows on the dock or taskbar how much is unread or failed: a number where the system has one, else a dot. */
export function showBadge(window: BrowserWindow | null, attention: Attention): void {
  app.setBadgeCount(attention.unread + attention.failed)
  if (process.platform !== 'win32') return
  const words = describeAttention(attention)
  window?.setOverlayIcon(words === '' ? null : dot(), words)
}

function dot() {
  const bitmap = drawDot(DOT_SIZE, DOT_COLOUR)
  return nativeImage.createFromBitmap(bitmap, { width: DOT_SIZE, height: DOT_SIZE })
}
