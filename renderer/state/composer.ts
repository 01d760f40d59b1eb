import type { ArgumentOf } from '../../protocol/ipc/schemas.ts'
import type { DraftAboutView, FailureView } from '../../protocol/ipc/views.ts'
import { isBlank, withoutBlankLines } from '../../protocol/text/visible.ts'

/** What the box is for. A reply or an edit remembers enough to show what it is about. */
export type ComposerMode =
  | { readonly kind: 'new' }
  | {
      readonly kind: 'reply'
      readonly key: string
      readonly authorName: string
      readonly preview: string
    }
  /** `draft`: what stood in the box before, put back afterwards. */
  | {
      readonly kind: 'edit'
      readonly key: string
      readonly original: string
      readonly draft: string
    }

/**
 * Text on its way to disk. The box keeps showing it until main says that it is stored [O1].
 * `since`: what of the box's text was written after it was handed over; null while nothing was.
 * `again`: Enter was pressed on that text meanwhile.
 */
type Flight =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'storing'
      readonly text: string
      readonly since: string | null
      readonly again: boolean
    }

export interface ComposerState {
  readonly text: string
  readonly mode: ComposerMode
  readonly flight: Flight
  /** Why the last text was not taken; the text is still in the box. */
  readonly refusal: FailureView | null
  /** Grows when the box shall take the focus. */
  readonly focus: number
}

export type ComposerInput =
  | { readonly type: 'typed'; readonly text: string }
  | { readonly type: 'submit' }
  | { readonly type: 'stored' }
  | { readonly type: 'refused'; readonly failure: FailureView }
  | {
      readonly type: 'reply'
      readonly key: string
      readonly authorName: string
      readonly preview: string
    }
  | { readonly type: 'edit'; readonly key: string; readonly body: string }
  | { readonly type: 'cancel' }
  | { readonly type: 'focus' }

/** What is to be handed over to main: a body that is not blank, and what for. */
export interface Submission {
  readonly body: string
  readonly mode: ComposerMode
}

export interface ComposerStep {
  readonly state: ComposerState
  readonly submission: Submission | null
}

const NEW: ComposerMode = { kind: 'new' }
const NONE: Flight = { kind: 'none' }

type DraftAbout = NonNullable<ArgumentOf<'saveDraft'>['about']>

/** What is kept of a box: its text, and what it is about. */
export interface KeptDraft {
  readonly draft: string
  readonly draftAbout: DraftAboutView | null
}

/** A box as it was kept: a reply or an edit goes on where it was. */
export function initialComposer({ draft, draftAbout }: KeptDraft): ComposerState {
  const box = { flight: NONE, refusal: null, focus: 0 }
  if (draftAbout === null) return { ...box, text: draft, mode: NEW }
  if (draftAbout.kind === 'reply') return { ...box, text: draft, mode: draftAbout }
  const { key, original, text } = draftAbout
  return { ...box, text, mode: { kind: 'edit', key, original, draft } }
}

/** What is kept beside the draft: what the box is about. What is already handed over is in the outbox. */
export function aboutOf({ mode, text }: ComposerState): DraftAbout | null {
  switch (mode.kind) {
    case 'new':
      return null
    case 'reply':
      return { kind: 'reply', message: mode.key }
    case 'edit':
      return { kind: 'edit', message: mode.key, original: mode.original, text }
  }
}

/** The draft to keep: what is in the box, or what stood there before an edit; not what is already handed over. */
export function draftOf(state: ComposerState): string {
  if (state.mode.kind === 'edit') return state.mode.draft
  return state.text
}

/** Whether the same would be kept of both. */
export function isKeptTheSame(a: ComposerState, b: ComposerState): boolean {
  if (draftOf(a) !== draftOf(b) || a.mode.kind !== b.mode.kind) return false
  if (a.mode.kind === 'new' || b.mode.kind === 'new') return true
  return a.mode.key === b.mode.key && a.text === b.text
}

/**
 * The life of the box as a pure machine. Two promises: a text leaves the box only when it is stored, and what is
 * written while it is being stored is neither lost nor sent with it.
 */
export function stepComposer(state: ComposerState, input: ComposerInput): ComposerStep {
  switch (input.type) {
    case 'typed':
      return still(typed(state, input.text))
    case 'submit':
      return submit(state)
    case 'stored':
      return stored(state)
    case 'refused':
      return still({ ...state, flight: NONE, refusal: input.failure })
    case 'reply': {
      const { key, authorName, preview } = input
      const text = draftOf(state)
      const mode = { kind: 'reply', key, authorName, preview } as const
      return still({ ...state, text, mode, focus: state.focus + 1 })
    }
    case 'edit': {
      if (state.flight.kind === 'storing') return still(state)
      const { key, body } = input
      const mode = { kind: 'edit', key, original: body, draft: draftOf(state) } as const
      return still({ ...state, text: body, mode, refusal: null, focus: state.focus + 1 })
    }
    case 'cancel':
      if (state.mode.kind === 'new' || state.flight.kind === 'storing') return still(state)
      return still({ ...state, text: draftOf(state), mode: NEW, refusal: null })
    case 'focus':
      return still({ ...state, focus: state.focus + 1 })
  }
}

const still = (state: ComposerState): ComposerStep => ({ state, submission: null })

function typed(state: ComposerState, text: string): ComposerState {
  const { flight } = state
  if (flight.kind === 'none') return { ...state, text, refusal: null }
  const goesOn = text.length > flight.text.length && text.startsWith(flight.text)
  const since = goesOn ? text.slice(flight.text.length) : text
  return { ...state, text, refusal: null, flight: { ...flight, since } }
}

function submit(state: ComposerState): ComposerStep {
  const { flight, mode } = state
  if (flight.kind === 'storing') {
    if (flight.since === null) return still(state)
    return still({ ...state, flight: { ...flight, again: true } })
  }
  if (isBlank(state.text)) return still(state)
  const body = withoutBlankLines(state.text).trimEnd()
  if (mode.kind === 'edit' && body === mode.original) {
    return stepComposer(state, { type: 'cancel' })
  }
  return {
    state: {
      ...state,
      refusal: null,
      flight: { kind: 'storing', text: state.text, since: null, again: false },
    },
    submission: { body, mode },
  }
}

function stored(state: ComposerState): ComposerStep {
  const { flight, mode } = state
  if (flight.kind === 'none') return still(state)
  const since = flight.since ?? ''
  const draft = mode.kind === 'edit' ? mode.draft : ''
  const text = since === '' ? draft : since
  const next: ComposerState = { ...state, text, mode: NEW, flight: NONE, refusal: null }
  return flight.again ? submit(next) : still(next)
}
