/**
 * What stands in the box of a conversation and was not sent: kept like all that the user writes, over a kill too.
 */
export interface Draft {
  /** The text that would become a message. During an edit: what stood in the box before it. */
  readonly body: string
  readonly about: DraftAbout | null
}

/** The message that a draft is about, by its key on screen. */
export type DraftAbout =
  | { readonly kind: 'reply'; readonly message: string }
  /** `original` is the text that the edit began from, `text` what it has become. */
  | {
      readonly kind: 'edit'
      readonly message: string
      readonly original: string
      readonly text: string
    }

/** Nothing is being written. */
export const NO_DRAFT: Draft = { body: '', about: null }

/** Whether two drafts say the same. */
export function isSameDraft(a: Draft, b: Draft): boolean {
  if (a.body !== b.body || a.about?.kind !== b.about?.kind) return false
  if (a.about === null || b.about === null) return true
  if (a.about.message !== b.about.message) return false
  if (a.about.kind === 'reply' || b.about.kind === 'reply') return true
  return a.about.original === b.about.original && a.about.text === b.about.text
}
