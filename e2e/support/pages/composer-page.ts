import { expect, type Locator, type Page } from 'playwright/test'

/** The box in which messages are written. */
export class ComposerPage {
  readonly box: Locator
  readonly sendButton: Locator

  constructor(page: Page) {
    this.box = page.getByRole('main').getByRole('textbox', { name: 'Message', exact: true })
    this.sendButton = page.getByRole('main').getByRole('button', { name: 'Send', exact: true })
  }

  /** Writes and sends with Enter; done when the box is empty, that is when the message is on disk [O1]. */
  async send(text: string): Promise<void> {
    await this.box.fill(text)
    await this.box.press('Enter')
    await expect(this.box).toHaveValue('')
  }
}
