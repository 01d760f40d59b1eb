import type { Locator, Page } from 'playwright/test'

/** What the screen says about the line to the server. */
export class ConnectionStatus {
  readonly #page: Page
  readonly status: Locator
  readonly tryNow: Locator

  constructor(page: Page) {
    this.#page = page
    this.status = page.getByRole('status', { name: 'Connection', exact: true })
    this.tryNow = page.getByRole('button', { name: 'Try now', exact: true })
  }

  /** Does what "Try now" does, without a race against the reconnect that may come by itself just now [O13]. */
  async reconnect(): Promise<void> {
    await this.#page.evaluate(() => window.ferry.tryNow())
  }
}
