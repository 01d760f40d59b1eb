import type { Locator, Page } from 'playwright/test'

export interface Credentials {
  readonly username: string
  readonly password: string
}

/** The first screen, and the form to join a server. */
export class WelcomePage {
  readonly heading: Locator
  readonly name: Locator
  readonly startOnThisComputer: Locator
  readonly joinServer: Locator
  readonly serverAddress: Locator
  readonly username: Locator
  readonly password: Locator
  readonly signInButton: Locator
  readonly createAccountButton: Locator

  constructor(page: Page) {
    this.heading = page.getByRole('heading', { name: 'Welcome to Ferry', exact: true })
    this.name = page.getByLabel('Your name', { exact: true })
    this.startOnThisComputer = page.getByRole('button', {
      name: 'Start on this computer',
      exact: true,
    })
    this.joinServer = page.getByRole('button', { name: 'Join a server…', exact: true })
    this.serverAddress = page.getByLabel('Server address', { exact: true })
    this.username = page.getByLabel('Username', { exact: true })
    this.password = page.getByLabel('Password', { exact: true })
    this.signInButton = page.getByRole('button', { name: 'Sign in', exact: true })
    this.createAccountButton = page.getByRole('button', { name: 'Create account', exact: true })
  }

  /** Fills the form that shows at once when a server was given from outside. */
  async createAccount({ username, password }: Credentials): Promise<void> {
    await this.username.fill(username)
    await this.password.fill(password)
    await this.createAccountButton.click()
  }

  async signIn({ username, password }: Credentials): Promise<void> {
    await this.username.fill(username)
    await this.password.fill(password)
    await this.signInButton.click()
  }
}
