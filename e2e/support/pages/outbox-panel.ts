import type { Locator, Page } from 'playwright/test'

/** All that waits or failed, over all conversations. */
export class OutboxPanel {
  readonly button: Locator
  readonly region: Locator
  readonly retryAll: Locator

  constructor(page: Page) {
    this.button = page.getByRole('button', { name: /^Outbox \(\d+\)$/ })
    this.region = page.getByRole('region', { name: 'Outbox', exact: true })
    this.retryAll = this.region.getByRole('button', { name: 'Retry all', exact: true })
  }

  /** The entry that shows this text. */
  item(text: string): Locator {
    return this.region.getByRole('listitem').filter({ hasText: text })
  }
}
