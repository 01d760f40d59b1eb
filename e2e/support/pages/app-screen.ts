import type { Page } from 'playwright/test'
import { ComposerPage } from './composer-page.ts'
import { ConnectionStatus } from './connection-status.ts'
import { ConversationPage } from './conversation-page.ts'
import { OutboxPanel } from './outbox-panel.ts'
import { Sidebar } from './sidebar.ts'
import { WelcomePage } from './welcome-page.ts'

/** A window of the app, and the parts of its screen by their names. */
export class AppScreen {
  readonly page: Page
  readonly welcome: WelcomePage
  readonly sidebar: Sidebar
  readonly conversation: ConversationPage
  readonly composer: ComposerPage
  readonly outbox: OutboxPanel
  readonly connection: ConnectionStatus

  constructor(page: Page) {
    this.page = page
    this.welcome = new WelcomePage(page)
    this.sidebar = new Sidebar(page)
    this.conversation = new ConversationPage(page)
    this.composer = new ComposerPage(page)
    this.outbox = new OutboxPanel(page)
    this.connection = new ConnectionStatus(page)
  }

  /** From the first screen to a conversation of one's own, on the server that the app brings along. */
  async startOnThisComputer(name: string): Promise<void> {
    await this.welcome.name.fill(name)
    await this.welcome.startOnThisComputer.click()
    await this.composer.box.waitFor()
  }
}
