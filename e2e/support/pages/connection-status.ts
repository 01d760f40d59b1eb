import type { Locator, Page } from 'playwright/test'

/** What the screen says about the line to the server. */
export class ConnectionStatus {
  readonly status: Locator
  readonly tryNow: Locator

  constructor(page: Page) {
    this.status = page.getByRole('status', { name: 'Connection', exact: true })
    this.tryNow = page.getByRole('button', { name: 'Try now', exact: true })
  }
}
