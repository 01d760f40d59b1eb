import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import type { MessageView, OperationStatus } from '../../../protocol/ipc/views.ts'
import { type Ferry, FerryProvider } from '../../app/ferry-context.tsx'
import { createComposers } from '../../state/composers.ts'
import { createController } from '../../state/controller.ts'
import { INITIAL_MODEL } from '../../state/model.ts'
import { createStore } from '../../state/store.ts'
import { fakeApi } from '../../testing/fake-api.ts'
import { fakeTimers } from '../../testing/fake-timers.ts'
import { appState, messageView, unsent } from '../../testing/views.ts'
import { createTimeFormat } from '../../text/time.ts'
import { type LogActions, LogActionsContext } from './log-actions.ts'
import { MessageArticle } from './message-article.tsx'

const nothing = (): void => undefined
const ACTIONS: LogActions = {
  openMenu: nothing,
  openReactions: nothing,
  react: nothing,
  reply: nothing,
  edit: nothing,
  remove: nothing,
  copy: nothing,
  retry: nothing,
  discard: nothing,
  resolve: nothing,
  goTo: nothing,
}

function ferry(model = INITIAL_MODEL): Ferry {
  const api = fakeApi({})
  const { now, after } = fakeTimers()
  const store = createStore(model)
  const newKey = (): string => 'key'
  const controller = createController({ api, store, now, after })
  const composers = createComposers({
    api,
    newKey,
    now,
    after,
    storedDraft: () => ({ draft: '', draftAbout: null }),
    onFailure: controller.fail,
  })
  return { api, store, controller, composers, newKey, time: createTimeFormat('en-GB') }
}

const draw = (message: MessageView, writable = true, model = INITIAL_MODEL): string =>
  renderToStaticMarkup(
    <FerryProvider ferry={ferry(model)}>
      <LogActionsContext.Provider value={ACTIONS}>
        <MessageArticle
          message={message}
          receivedAt={performance.now()}
          startsGroup
          endsGroup
          showAuthors
          active={false}
          highlighted={false}
          writable={writable}
        />
      </LogActionsContext.Provider>
    </FerryProvider>,
  )

const words = (html: string): string => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
const buttons = (html: string): string[] =>
  [...html.matchAll(/<button[^>]*?(?:aria-label="([^"]*)"[^>]*)?>(.*?)<\/button>/gs)].map(
    ([, label, inside]) => label ?? words(inside ?? '').trim(),
  )
const failed = (code: string): OperationStatus => ({ state: 'failed', failure: { code } })

describe('a message on screen', () => {
  test.each(['queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unconfirmed'] as const)(
    '[O9] shows that it is %s, as data and in words',
    (state) => {
      const html = draw(messageView(1, { key: 'k-1', own: true, state }))
      expect(html).toMatch(/<article[^>]* data-message-key="k-1" data-state="/)
      expect(html).toContain(`data-state="${state}"`)
      expect(words(html).toLowerCase()).toContain(state)
    },
  )

  test('[R1] in a group it says how many have received and read it, while not all have', () => {
    const said = (state: MessageView['state'], delivered: number, read: number) =>
      words(draw(messageView(1, { own: true, state, reach: { of: 4, delivered, read } })))
    expect(said('sent', 0, 0)).toMatch(/ Sent $/)
    expect(said('sent', 2, 0)).toContain('Sent, delivered to 2 of 4')
    expect(said('sent', 3, 1)).toContain('Sent, delivered to 3 of 4, read by 1 of 4')
    expect(said('delivered', 4, 0)).toMatch(/ Delivered $/)
    expect(said('delivered', 4, 2)).toContain('Delivered, read by 2 of 4')
    expect(said('read', 4, 4)).toMatch(/ Read $/)
    expect(said('unconfirmed', 4, 4)).toMatch(/ Unconfirmed $/)
  })

  test('[G2] on a server without receipts it says so, instead of standing at "sent" without a word', () => {
    const said = (features: readonly string[]) => {
      const app = { state: appState({ features }), receivedAt: 0 }
      return draw(messageView(1, { own: true, state: 'sent' }), true, { ...INITIAL_MODEL, app })
    }
    expect(said(['ordered'])).toContain('This server does not tell when it is delivered or read')
    expect(said(['ordered', 'receipts'])).not.toContain('This server')
  })

  test('an own one has its menu, one of others has not', () => {
    expect(buttons(draw(messageView(1, { own: true })))).toEqual([
      'React',
      'Reply',
      'Message actions',
    ])
    expect(buttons(draw(messageView(1)))).toEqual(['React', 'Reply', 'Copy text'])
  })

  test('who is no longer a member can copy, and change nothing', () => {
    expect(buttons(draw(messageView(1), false))).toEqual(['Copy text'])
  })

  test('[O9] one that failed says why and what can be done', () => {
    const html = draw({ ...unsent('k', failed('timeout')), state: 'failed' })
    expect(words(html)).toContain('Not sent. The server did not answer in time')
    expect(buttons(html)).toEqual(['Message actions', 'Retry', 'Edit', 'Discard'])
  })

  test('[O9] a deletion that failed says so, and cannot be edited', () => {
    const pending = { key: 'op', kind: 'delete', status: failed('forbidden') } as const
    const html = draw(messageView(1, { own: true, pending, state: 'failed' }))
    expect(words(html)).toContain('Not deleted. You are not allowed to do this')
    expect(buttons(html).slice(-2)).toEqual(['Retry', 'Discard'])
  })

  test('[O5] one that waits says for which retry, and how long', () => {
    const status: OperationStatus = {
      state: 'waiting',
      retry: 3,
      maxRetries: 5,
      retryInMs: 8_000,
      failure: { code: 'unavailable' },
    }
    expect(words(draw(unsent('k', status)))).toMatch(
      /Retry 3 of 5 in 8 s The server is not available/,
    )
  })

  test('[O8] one that is parked says what it waits for', () => {
    expect(words(draw(unsent('k', { state: 'parked' })))).toContain('Waits until you sign in')
  })

  test('[O11] one without an answer claims neither arrival nor failure', () => {
    const html = draw({ ...unsent('k', { state: 'unconfirmed' }), state: 'unconfirmed' })
    expect(words(html)).toContain('Not confirmed yet; it may have arrived')
  })

  test('a deleted one keeps nothing of its text and offers nothing', () => {
    const html = draw(messageView(1, { own: true, body: null }))
    expect(words(html)).toContain('Message deleted')
    expect(buttons(html)).toEqual([])
  })

  test('text is text: markup in it is shown, not meant', () => {
    const html = draw(messageView(1, { body: '<img src=x onerror=alert(1)>' }))
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;')
    expect(html).not.toContain('<img')
  })

  test('a reply to what is not here or deleted says so', () => {
    const replyTo = (authorName: string) => ({ key: 'x', seq: 1, authorName, preview: '' })
    expect(words(draw(messageView(1, { replyTo: replyTo('') })))).toContain('An earlier message')
    expect(words(draw(messageView(1, { replyTo: replyTo('Eve') })))).toContain('Message deleted')
  })

  test('reactions name who gave them and whether one is one’s own', () => {
    const users = [{ id: 'eve', name: 'Eve' }]
    const html = draw(messageView(1, { reactions: [{ emoji: '👍', users, mine: true }] }))
    expect(html).toMatch(/aria-pressed="true" aria-label="👍 Eve"/)
  })
})
