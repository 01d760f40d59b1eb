import type { AppState } from '../../protocol/ipc/views.ts'

export type Shortcut = 'search' | 'new-conversation' | 'previous' | 'next'

/** The part of a KeyboardEvent that decides. */
export interface KeyPress {
  readonly key: string
  /** Where the key is, named by what stands there on a US keyboard. */
  readonly code: string
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
  switch (letterOf(press)) {
    case 'k':
      return 'search'
    case 'n':
      return 'new-conversation'
    default:
      return null
  }
}

/**
 * The Latin letter that a key means in a shortcut: the one that it writes; in a layout of another script, or while an
 * input method takes it, the one that is on the key as well.
 */
function letterOf({ key, code }: KeyPress): string | null {
  if (/^[\p{ASCII}\p{Script=Latin}]$/u.test(key)) return key.toLowerCase()
  const isLetter = /^[^\p{ASCII}]+$/u.test(key) || WITHOUT_LETTER.has(key)
  return isLetter ? (/^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? null) : null
}

/** What `key` is when a layout or an input method writes no letter of its own. */
const WITHOUT_LETTER: ReadonlySet<string> = new Set(['Process', 'Unidentified', 'Dead'])

/** A shortcut with the command key as the system's users read it: `⌘K` or `Ctrl+K`. */
export function commandLabel(key: string, platform: AppState['platform']): string {
  return platform === 'darwin' ? `⌘${key}` : `Ctrl+${key}`
}
