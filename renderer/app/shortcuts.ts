import type { AppState } from '../../protocol/ipc/views.ts'

export type Shortcut = 'search' | 'new-conversation' | 'previous' | 'next'

/** The part of a KeyboardEvent that decides. */
export interface KeyPress {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

/** Which shortcut of the window a key press is; null for none. */
export function shortcutOf(press: KeyPress, platform: AppState['platform']): Shortcut | null {
  const command = platform === 'darwin' ? press.metaKey : press.ctrlKey
  const other = platform === 'darwin' ? press.ctrlKey : press.metaKey
  if (press.shiftKey || other) return null
  if (press.altKey) {
    if (command) return null
    if (press.key === 'ArrowUp') return 'previous'
    return press.key === 'ArrowDown' ? 'next' : null
  }
  if (!command) return null
  switch (press.key.toLowerCase()) {
    case 'k':
      return 'search'
    case 'n':
      return 'new-conversation'
    default:
      return null
  }
}

/** A shortcut with the command key as the system's users read it: `⌘K` or `Ctrl+K`. */
export function commandLabel(key: string, platform: AppState['platform']): string {
  return platform === 'darwin' ? `⌘${key}` : `Ctrl+${key}`
}
