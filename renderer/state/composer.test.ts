import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  aboutOf,
  type ComposerInput,
  type ComposerState,
  draftOf,
  initialComposer,
  type Submission,
  stepComposer,
} from './composer.ts'

const EMPTY = { draft: '', draftAbout: null }
const EDIT: ComposerInput = { type: 'edit', key: 'k', body: 'old text' }
const REPLY: ComposerInput = { type: 'reply', key: 'k', authorName: 'Bob', preview: 'hello' }

function run(inputs: readonly ComposerInput[], from = initialComposer(EMPTY)) {
  const submissions: Submission[] = []
  let state: ComposerState = from
  for (const input of inputs) {
    const step = stepComposer(state, input)
    state = step.state
    if (step.submission !== null) submissions.push(step.submission)
  }
  return { state, submissions, bodies: submissions.map((submission) => submission.body) }
}

const type = (text: string): ComposerInput => ({ type: 'typed', text })

test('[O1] the text stays in the box until it is stored', () => {
  const { state, bodies } = run([type('hello'), { type: 'submit' }])
  expect(bodies).toEqual(['hello'])
  expect(state.text).toBe('hello')
  expect(run([{ type: 'stored' }], state).state.text).toBe('')
})

test('[O12] a text that is refused stays in the box, with the reason', () => {
  const failure = { code: 'outbox_full' }
  const { state } = run([type('hello'), { type: 'submit' }, { type: 'refused', failure }])
  expect(state).toMatchObject({ text: 'hello', refusal: failure, flight: { kind: 'none' } })
  expect(run([type('hello!')], state).state.refusal).toBeNull()
})

test('what is typed behind a text that is being stored is kept for the next one', () => {
  const { state, bodies } = run([
    type('one'),
    { type: 'submit' },
    type('one two'),
    { type: 'stored' },
  ])
  expect(bodies).toEqual(['one'])
  expect(state.text).toBe(' two')
})

test('Enter on what was typed meanwhile sends it as soon as its turn comes', () => {
  const { state, bodies } = run([
    type('one'),
    { type: 'submit' },
    type('onetwo'),
    { type: 'submit' },
    { type: 'stored' },
    { type: 'stored' },
  ])
  expect(bodies).toEqual(['one', 'two'])
  expect(state.text).toBe('')
})

test('[O2] Enter twice on one text sends it once', () => {
  const { bodies } = run([type('one'), { type: 'submit' }, { type: 'submit' }, { type: 'stored' }])
  expect(bodies).toEqual(['one'])
})

test('the same text typed anew while the first is being stored is a message of its own', () => {
  const { bodies } = run([
    type('same'),
    { type: 'submit' },
    type('same'),
    { type: 'submit' },
    { type: 'stored' },
    { type: 'stored' },
  ])
  expect(bodies).toEqual(['same', 'same'])
})

test('a blank text is not sent', () => {
  expect(run([type(' \n '), { type: 'submit' }]).bodies).toEqual([])
})

test('an edit takes the box and gives the draft back, saved or not', () => {
  const editing = run([type('my draft'), EDIT])
  expect(editing.state.text).toBe('old text')
  expect(draftOf(editing.state)).toBe('my draft')
  expect(run([{ type: 'cancel' }], editing.state).state.text).toBe('my draft')
  const saved = run([type('new text'), { type: 'submit' }, { type: 'stored' }], editing.state)
  expect(saved.submissions).toMatchObject([{ body: 'new text', mode: { kind: 'edit', key: 'k' } }])
  expect(saved.state).toMatchObject({ text: 'my draft', mode: { kind: 'new' } })
})

test('[O2] Enter twice on an edit saves it once, and does not send the draft behind it', () => {
  const { state, bodies } = run([
    type('my draft'),
    EDIT,
    type('new text'),
    { type: 'submit' },
    { type: 'submit' },
    { type: 'stored' },
  ])
  expect(bodies).toEqual(['new text'])
  expect(state.text).toBe('my draft')
})

test('an edit that changes nothing is none', () => {
  const { state, bodies } = run([EDIT, { type: 'submit' }])
  expect(bodies).toEqual([])
  expect(state.mode.kind).toBe('new')
})

test('a reply keeps the draft, and ends with the message it was for', () => {
  const { state, submissions } = run([type('yes'), REPLY, { type: 'submit' }, { type: 'stored' }])
  expect(submissions).toMatchObject([{ body: 'yes', mode: { kind: 'reply', key: 'k' } }])
  expect(state).toMatchObject({ text: '', mode: { kind: 'new' } })
  expect(run([type('yes'), REPLY, { type: 'cancel' }]).state.text).toBe('yes')
})

test('a reply during an edit gives the draft back first', () => {
  const { state } = run([type('my draft'), EDIT, REPLY])
  expect(state).toMatchObject({ text: 'my draft', mode: { kind: 'reply' } })
})

test('[O1] however typing, Enter and answers fall: every letter is sent once, in order, or still in the box', () => {
  const letters = 'abcdefghijklmnopqrstuvwxyz'
  const action = fc.constantFrom('letter', 'enter', 'answer', 'refuse')
  fc.assert(
    fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
      let state = initialComposer(EMPTY)
      let typed = ''
      let sent = ''
      const waiting: string[] = []
      const feed = (input: ComposerInput): void => {
        const step = stepComposer(state, input)
        state = step.state
        if (step.submission !== null) waiting.push(step.submission.body)
      }
      for (const what of actions) {
        const letter = letters[typed.length % letters.length] ?? 'a'
        if (what === 'letter') {
          typed += letter
          feed({ type: 'typed', text: state.text + letter })
        }
        if (what === 'enter') feed({ type: 'submit' })
        if (what === 'answer' && waiting.length > 0) {
          sent += waiting.shift() ?? ''
          feed({ type: 'stored' })
        }
        if (what === 'refuse' && waiting.length > 0) {
          waiting.shift()
          feed({ type: 'refused', failure: { code: 'outbox_full' } })
        }
        expect(waiting.length).toBeLessThanOrEqual(1)
        expect(sent + state.text).toBe(typed)
      }
    }),
    { seed: 20261123, numRuns: 1_000 },
  )
})

test('[O1] a box that was kept is as it was: text, reply, edit and the draft under it', () => {
  const boxes: readonly (readonly ComposerInput[])[] = [
    [type('half a sentence')],
    [REPLY, type('an answer')],
    [type('my draft'), EDIT, type('new text')],
  ]
  for (const inputs of boxes) {
    const { state } = run(inputs)
    const about = aboutOf(state)
    const draftAbout =
      about?.kind === 'reply'
        ? { kind: about.kind, key: about.message, authorName: 'Bob', preview: 'hello' }
        : about && { ...about, key: about.message }
    const again = initialComposer({ draft: draftOf(state), draftAbout })
    expect({ text: again.text, draft: draftOf(again), about: aboutOf(again) }).toEqual({
      text: state.text,
      draft: draftOf(state),
      about,
    })
  }
})

test('[F27] the spaces before the first word are sent, blank lines around the text are not', () => {
  const { bodies } = run([type('\n    if x:\n        print()\n\n'), { type: 'submit' }])
  expect(bodies).toEqual(['    if x:\n        print()'])
})

test.each(['\u200b', '\u2800', '\u3164', '\u00ad', '\u200e', ' \n\u200b '])(
  '[F23] %j is nothing to send, and stays in the box',
  (text) => {
    const { bodies, state } = run([type(text), { type: 'submit' }])
    expect(bodies).toEqual([])
    expect(state.text).toBe(text)
  },
)
