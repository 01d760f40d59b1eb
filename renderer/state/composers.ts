import type { FerryApi } from '../../protocol/ipc/api.ts'
import type { ArgumentOf } from '../../protocol/ipc/schemas.ts'
import { MAX_DRAFT_LENGTH } from '../../protocol/limits.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import { isBlank } from '../../protocol/text/visible.ts'
import { describeFailure } from '../text/describe-failure.ts'
import { attempt, attemptPlain } from './bridge.ts'
import {
  aboutOf,
  type ComposerInput,
  type ComposerState,
  draftOf,
  initialComposer,
  isKeptTheSame,
  type KeptDraft,
  type Submission,
  stepComposer,
} from './composer.ts'
import { createStore, type Store } from './store.ts'

/** Timers and keys from outside, so that tests decide about both. */
export interface ComposerPorts {
  readonly api: FerryApi
  readonly newKey: () => string
  /** ms, monotonic. */
  readonly now: () => number
  /** Runs `task` after `ms`; the returned function calls it off. */
  readonly after: (ms: number, task: () => void) => () => void
  /** The draft that main keeps for a conversation, for the first time its box is needed. */
  readonly storedDraft: (conversation: Id) => KeptDraft
  /** Told when something other than a submission failed. */
  readonly onFailure: (text: string) => void
}

/** How long the box must rest before its draft is stored, in ms. */
export const DRAFT_REST_MS = 400
/** Shortest time between two signs of typing, in ms. */
export const TYPING_INTERVAL_MS = 3_000

/** One box a conversation; they live on while another conversation is shown. */
export interface Composers {
  /** The state of a conversation's box. */
  readonly of: (conversation: Id) => Store<ComposerState>
  readonly send: (conversation: Id, input: ComposerInput) => void
  /** Stores every draft that is not stored yet, without waiting for the box to rest. */
  readonly flush: () => void
  /** Stores nothing from now on: what stands in the boxes is of an account that is no longer in use. */
  readonly stop: () => void
  /** The texts that stand in boxes, for when nothing can be stored any more. */
  readonly texts: () => readonly string[]
}

interface Box {
  readonly store: Store<ComposerState>
  saved: ComposerState
  cancelSave: (() => void) | null
  lastTyping: number
}

const TOO_LONG_TO_KEEP =
  'Your text is so long that it is not kept as a draft: it stays in the box, but not over a restart'

/** What of a box can be kept. A text that is too long for it leaves nothing behind, no older text either. */
function keepable(state: ComposerState): {
  readonly draft: Pick<ArgumentOf<'saveDraft'>, 'body' | 'about'>
  readonly isCut: boolean
} {
  const body = draftOf(state)
  const about = aboutOf(state)
  const isBodyCut = body.length > MAX_DRAFT_LENGTH
  const isAboutCut = about?.kind === 'edit' && about.text.length > MAX_DRAFT_LENGTH
  return {
    draft: { body: isBodyCut ? '' : body, ...(about !== null && !isAboutCut && { about }) },
    isCut: isBodyCut || isAboutCut,
  }
}

/** Makes the boxes and carries out what they decide. */
export function createComposers(ports: ComposerPorts): Composers {
  const boxes = new Map<Id, Box>()
  let isStopped = false

  function boxOf(conversation: Id): Box {
    const known = boxes.get(conversation)
    if (known !== undefined) return known
    const kept = initialComposer(ports.storedDraft(conversation))
    const box: Box = {
      store: createStore(kept),
      saved: kept,
      cancelSave: null,
      lastTyping: Number.NEGATIVE_INFINITY,
    }
    boxes.set(conversation, box)
    return box
  }

  function save(conversation: Id, box: Box): void {
    box.cancelSave?.()
    box.cancelSave = null
    if (isStopped) return
    const state = box.store.get()
    const before = box.saved
    if (isKeptTheSame(state, before)) return
    box.saved = state
    const kept = keepable(state)
    if (kept.isCut && !keepable(before).isCut) ports.onFailure(TOO_LONG_TO_KEEP)
    void attemptPlain(ports.api.saveDraft({ conversation, ...kept.draft })).then((result) => {
      if (result.ok) return
      // So that it is tried again.
      if (box.saved === state) box.saved = before
      ports.onFailure(`Your draft could not be saved: ${describeFailure(result.failure)}`)
    })
  }

  function scheduleSave(conversation: Id, box: Box): void {
    box.cancelSave?.()
    box.cancelSave = ports.after(DRAFT_REST_MS, () => save(conversation, box))
  }

  function signTyping(conversation: Id, box: Box): void {
    const now = ports.now()
    if (now - box.lastTyping < TYPING_INTERVAL_MS) return
    box.lastTyping = now
    void attemptPlain(ports.api.reportTyping({ conversation }))
  }

  async function submit(conversation: Id, { body, mode }: Submission): Promise<void> {
    const key = ports.newKey()
    const replyTo = mode.kind === 'reply' ? { replyTo: mode.key } : {}
    const result = await attempt(
      mode.kind === 'edit'
        ? ports.api.editMessage({ key, message: mode.key, body, original: mode.original })
        : ports.api.sendMessage({ key, conversation, body, ...replyTo }),
    )
    send(
      conversation,
      result.ok ? { type: 'stored' } : { type: 'refused', failure: result.failure },
    )
  }

  function send(conversation: Id, input: ComposerInput): void {
    const box = boxOf(conversation)
    const { state, submission } = stepComposer(box.store.get(), input)
    box.store.update(() => state)
    if (input.type === 'typed' && !isBlank(input.text) && state.mode.kind !== 'edit') {
      signTyping(conversation, box)
    }
    if (input.type === 'stored') save(conversation, box)
    else scheduleSave(conversation, box)
    if (submission !== null) void submit(conversation, submission)
  }

  return {
    of: (conversation) => boxOf(conversation).store,
    send,
    flush() {
      for (const [conversation, box] of boxes) {
        if (box.cancelSave !== null) save(conversation, box)
      }
    },
    stop() {
      isStopped = true
    },
    texts: () =>
      [...boxes.values()].flatMap(({ store }) => {
        const state = store.get()
        return [...new Set([state.text, draftOf(state)])].filter((text) => !isBlank(text))
      }),
  }
}
