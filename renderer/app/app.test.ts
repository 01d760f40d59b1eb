import { expect, test } from 'vitest'
import { openConflict } from '../features/conflict/conflict-prompt.tsx'
import { describeTypists, describeTypistsShortly } from '../features/conversation/typing-line.tsx'
import { openNotice } from '../features/notices/notices.tsx'
import { conflictsFromMessages } from '../state/conflicts.ts'
import { INITIAL_MODEL, type Model, withCurrent, withSlot } from '../state/model.ts'
import { appState, messageView } from '../testing/views.ts'
import { avatarColour, initials } from '../ui/initials.ts'
import { hasContent } from './painted.ts'
import { commandLabel, type KeyPress, shortcutOf } from './shortcuts.ts'

const withState = (change: Parameters<typeof appState>[0] = {}): Model => ({
  ...INITIAL_MODEL,
  app: { state: appState(change), receivedAt: 0 },
})

test('the first frame counts once it shows something real', () => {
  expect(hasContent(INITIAL_MODEL)).toBe(false)
  expect(hasContent(withState({ session: { status: 'starting' } }))).toBe(false)
  expect(hasContent(withState({ session: { status: 'welcome', serverUrl: null } }))).toBe(true)
  const signedIn = withState()
  expect(hasContent(signedIn)).toBe(false)
  expect(hasContent({ ...signedIn, conversationsLoaded: true })).toBe(true)
  const opening = withCurrent({ ...signedIn, conversationsLoaded: true }, 'c')
  expect(hasContent(opening)).toBe(false)
  const failed = withSlot(opening, 'c', { failure: { code: 'network' } })
  expect(hasContent(failed)).toBe(true)
})

test('shortcuts take the command key of the system and no other', () => {
  const press = (change: Partial<KeyPress>): KeyPress => ({
    key: 'k',
    code: 'KeyK',
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...change,
  })
  expect(shortcutOf(press({ ctrlKey: true }), 'linux')).toBe('search')
  expect(shortcutOf(press({ ctrlKey: true, key: 'K' }), 'win32')).toBe('search')
  expect(shortcutOf(press({ metaKey: true }), 'darwin')).toBe('search')
  expect(shortcutOf(press({ ctrlKey: true }), 'darwin')).toBeNull()
  expect(shortcutOf(press({ metaKey: true }), 'linux')).toBeNull()
  expect(shortcutOf(press({ ctrlKey: true, shiftKey: true }), 'linux')).toBeNull()
  expect(shortcutOf(press({ ctrlKey: true, altKey: true }), 'linux')).toBeNull()
  expect(shortcutOf(press({ altKey: true, key: 'ArrowUp' }), 'linux')).toBe('previous')
  expect(shortcutOf(press({ altKey: true, key: 'ArrowDown' }), 'linux')).toBe('next')
  expect(shortcutOf(press({}), 'linux')).toBeNull()
  expect(commandLabel('K', 'darwin')).toBe('⌘K')
  expect(commandLabel('K', 'linux')).toBe('Ctrl+K')
})

test('a notice is told until it is dismissed, and a different one again', () => {
  const notice = { kind: 'server_restored', conversations: ['Harbour'] } as const
  const model = withState({ notice: { ...notice, conversations: ['Harbour'] } })
  expect(openNotice(model)).toEqual(notice)
  const copy = { ...notice, conversations: ['Harbour'] }
  expect(openNotice({ ...model, dismissedNotice: copy })).toBeNull()
  expect(openNotice({ ...model, dismissedNotice: { kind: 'bundled_server_restarted' } })).toEqual(
    notice,
  )
})

test('conflicts are asked about one after another, those put off later', () => {
  const inConflict = (seq: number) =>
    messageView(seq, {
      pending: {
        key: `op${seq}`,
        kind: 'edit',
        status: { state: 'conflict', mine: 'a', theirs: 'b' },
      },
    })
  const conflicts = conflictsFromMessages(new Map(), [inConflict(1), inConflict(2)])
  const model = { ...INITIAL_MODEL, conflicts }
  expect(openConflict(model)?.key).toBe('op1')
  expect(openConflict({ ...model, postponed: new Set(['op1']) })?.key).toBe('op2')
  expect(openConflict({ ...model, postponed: new Set(['op1', 'op2']) })).toBeNull()
})

test('who is typing is called by name, each name with its own direction', () => {
  expect(describeTypists(['Bob'])).toBe('Bob is typing')
  expect(describeTypists(['Bob', 'Eve'])).toBe('Bob and Eve are typing')
  expect(describeTypists(['Bob', 'Eve', 'Lin'])).toBe('Bob, Eve and Lin are typing')
  expect(describeTypists(['Bob', 'Eve', 'Lin', 'Mo'])).toBe('Bob, Eve and 2 others are typing')
  expect(describeTypists(['Bob', 'أحمد', 'Evil\u202e'])).toBe(
    'Bob, \u2068أحمد\u2069 and Evil are typing',
  )
})

test('in the list, who is typing is called by the first name', () => {
  const named = (...names: readonly string[]) =>
    describeTypistsShortly(names.map((name) => ({ name })))
  expect(named('Mira Lindqvist')).toBe('Mira is typing')
  expect(named('Mira Lindqvist', 'Bob Hartley')).toBe('Mira and Bob are typing')
  expect(named('Mira Lindqvist', 'Bob', 'Eve')).toBe('Mira and 2 others are typing')
})

test('a name has initials of whole characters, and one colour for ever', () => {
  expect(initials('Ada Lovelace')).toBe('AL')
  expect(initials('ada')).toBe('A')
  expect(initials('Crew (late) rota')).toBe('CR')
  expect(initials('👩‍💻 team')).toBe('👩‍💻T')
  expect(initials('')).toBe('')
  expect(avatarColour('u-ada')).toBe(avatarColour('u-ada'))
  const colours = new Set(Array.from({ length: 200 }, (_, i) => avatarColour(`id-${i}`)))
  expect([...colours].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
})
