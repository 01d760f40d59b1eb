import type { Locator, Page } from 'playwright/test'

/** The list of conversations, and the dialog that makes a new one. */
export class Sidebar {
  readonly navigation: Locator
  readonly newConversation: Locator
  readonly dialog: Locator
  readonly search: Locator
  readonly searchResults: Locator

  constructor(page: Page) {
    this.navigation = page.getByRole('navigation', { name: 'Conversations', exact: true })
    this.newConversation = page.getByRole('button', { name: 'New conversation', exact: true })
    this.dialog = page.getByRole('dialog')
    this.search = page.getByRole('searchbox', { name: 'Search messages', exact: true })
    this.searchResults = page.getByRole('listbox', { name: 'Search results', exact: true })
  }

  conversation(name: string): Locator {
    return this.navigation.getByRole('button', { name, exact: true })
  }

  async open(name: string): Promise<void> {
    await this.conversation(name).click()
  }

  /** Makes a conversation with these people; without a title and with one of them it is a direct one. */
  async create(people: readonly string[], title?: string): Promise<void> {
    await this.newConversation.click()
    const field = this.dialog.getByLabel('People', { exact: true })
    for (const person of people) {
      await field.fill(person)
      await field.press('Enter')
    }
    if (title !== undefined) await this.dialog.getByLabel('Title', { exact: true }).fill(title)
    await this.dialog.getByRole('button', { name: 'Create', exact: true }).click()
    await this.dialog.waitFor({ state: 'detached' })
  }
}
