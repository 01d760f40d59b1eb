import { expect, type Locator, type Page } from 'playwright/test'

/** States of a message that has arrived: where others have it, or have read it, it is more than sent. */
export const ARRIVED: readonly string[] = ['sent', 'delivered', 'read']

/** A message as it stands on the screen. */
export interface ShownMessage {
  readonly key: string
  readonly state: string
  readonly text: string
}

/** The open conversation: its heading and its messages. */
export class ConversationPage {
  readonly main: Locator
  readonly heading: Locator
  readonly log: Locator
  readonly messages: Locator

  constructor(page: Page) {
    this.main = page.getByRole('main')
    this.heading = this.main.getByRole('heading').first()
    this.log = this.main.getByRole('log', { name: 'Messages', exact: true })
    this.messages = this.log.getByRole('article')
  }

  /** The messages on screen that show this text. */
  message(text: string): Locator {
    return this.messages.filter({ hasText: text })
  }

  async expectState(text: string, state: string): Promise<void> {
    await expect(this.message(text)).toHaveAttribute('data-state', state)
  }

  /** The server has it, and perhaps the others do. */
  async expectArrived(text: string): Promise<void> {
    const states = new RegExp(`^(${ARRIVED.join('|')})$`)
    await expect(this.message(text)).toHaveAttribute('data-state', states)
  }

  /**
   * All messages of the log in their order, by scrolling through it as a reader would: only what is near the view is
   * in the document. Views overlap, and those already seen are told apart by their key.
   */
  async readAll(): Promise<ShownMessage[]> {
    const seen = new Map<string, ShownMessage>()
    let more = await this.#scroll('top')
    while (true) {
      for (const message of await this.inView()) seen.set(message.key, message)
      if (!more) return [...seen.values()]
      more = await this.#scroll('down')
    }
  }

  /** The messages that a reader sees now, from top to bottom. */
  async inView(): Promise<ShownMessage[]> {
    const view = await this.log.evaluate((log) => {
      const { top, bottom } = log.getBoundingClientRect()
      return { top, bottom }
    })
    return this.messages.evaluateAll(
      (articles, { top, bottom }) =>
        articles
          .map((article) => ({ article, place: article.getBoundingClientRect() }))
          .filter(({ place }) => place.bottom > top && place.top < bottom)
          .sort((a, b) => a.place.top - b.place.top)
          .map(({ article }) => ({
            key: article.getAttribute('data-message-key') ?? '',
            state: article.getAttribute('data-state') ?? '',
            text: article.textContent ?? '',
          })),
      view,
    )
  }

  /** Scrolls to the top or half a view down, and waits until that is drawn; whether there is more below. */
  async #scroll(to: 'top' | 'down'): Promise<boolean> {
    return this.log.evaluate(async (log, where) => {
      const scroller = [log, ...log.querySelectorAll('*')].find(
        (element) =>
          element.scrollHeight > element.clientHeight + 1 &&
          /auto|scroll/.test(window.getComputedStyle(element).overflowY),
      )
      if (scroller === undefined) return false
      scroller.scrollTop = where === 'top' ? 0 : scroller.scrollTop + scroller.clientHeight / 2
      for (let frame = 0; frame < 3; frame++) {
        await new Promise((drawn) => window.requestAnimationFrame(drawn))
      }
      return scroller.scrollTop + scroller.clientHeight < scroller.scrollHeight - 1
    }, to)
  }
}
