import type { OtherAccountView } from '../../protocol/ipc/views.ts'
import type { ProfileFiles } from '../store/profile-files.ts'
import { readAside } from '../store/read-aside.ts'
import { openingError } from '../store/storage-error.ts'
import { shownUser } from './names.ts'
import type { Logger } from './ports.ts'
import { type AccountPlace, isSameAccount } from './server-url.ts'

export interface OtherAccountsPorts {
  readonly files: ProfileFiles
  readonly logger: Logger
  readonly serverUrlOverride: string | null
}

/** The accounts of this computer that are not in use: each has a database of its own, with all that waits in it. */
export class OtherAccounts {
  readonly #files: ProfileFiles
  readonly #logger: Logger
  readonly #override: string | null
  #views: OtherAccountView[] = []

  constructor({ files, logger, serverUrlOverride }: OtherAccountsPorts) {
    this.#files = files
    this.#logger = logger
    this.#override = serverUrlOverride
  }

  /** What is known since `read`. */
  get views(): readonly OtherAccountView[] {
    return this.#views
  }

  /** Looks again at what is there. */
  read(): void {
    this.#views = this.#files.asides().flatMap((file) => this.#viewOf(file) ?? [])
  }

  /** Where the data of an account stand; of several (a kill in the middle of a first sign-in) those with most to send. */
  fileOf(account: AccountPlace): string | null {
    const own = this.#views.filter((view) => isSameAccount(view, account, this.#override))
    const [most] = own.toSorted((a, b) => b.waiting - a.waiting)
    return most?.id ?? null
  }

  has(id: string): boolean {
    return this.#views.some((view) => view.id === id)
  }

  #viewOf(file: string): OtherAccountView | null {
    try {
      const summary = readAside(this.#files.asidePath(file))
      if (summary === null) return null
      const { account, waiting } = summary
      return { id: file, user: shownUser(account.user), server: account.server, waiting }
    } catch (error) {
      // A damaged one stays where it is; it is met, and told, when its account is used again.
      const err = openingError(error)
      this.#logger.warn({ err }, 'the data of an account that is not in use cannot be read')
      return null
    }
  }
}
