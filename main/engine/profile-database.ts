import type { Notice, RepairWay, StorageView } from '../../protocol/ipc/views.ts'
import type { OpenResult, openStore } from '../store/open-store.ts'
import type { ProfileFiles } from '../store/profile-files.ts'
import { repair, repairWays } from '../store/repair.ts'
import { openingError, type StorageReason } from '../store/storage-error.ts'
import type { HostPorts } from './ports.ts'

export interface ProfileDatabasePorts {
  readonly host: HostPorts
  readonly files: ProfileFiles
  readonly open: typeof openStore
}

/** The files of the profile in use while it is not open: opening them, and what is done when they cannot be used. */
export class ProfileDatabase {
  readonly #ports: ProfileDatabasePorts
  /** Damage that is met while we run is mended by itself once; twice is told. */
  #isMended = false

  constructor(ports: ProfileDatabasePorts) {
    this.#ports = ports
  }

  /** Opens it; a switch of accounts that was interrupted is made good first. */
  open(): OpenResult {
    const { files, open, host } = this.#ports
    try {
      files.finishSwap()
    } catch (error) {
      return { ok: false, error: openingError(error) }
    }
    return open(files.database, () => host.clock.now())
  }

  /** That it cannot be used, and what can be done about it. */
  failure(reason: StorageReason | 'unexpected'): StorageView {
    const ways = reason === 'unexpected' ? [] : this.#ways(reason)
    return { status: 'failed', reason, path: this.#ports.files.database, ways }
  }

  /**
   * Mends damage that was met at work: what is nowhere else was sound when it was opened, so it is in what the server
   * has, too [F19]. null: it was mended before, or cannot be.
   */
  mend(): Notice | null {
    if (this.#isMended) return null
    this.#isMended = true
    return this.repair('rebuild')
  }

  /** Sets the files aside and puts in their place what can be made of them; what to tell. null: it could not be done. */
  repair(way: RepairWay): Notice | null {
    const { files, host } = this.#ports
    try {
      return { kind: 'data_set_aside', ...repair(files, way, host.clock.now()) }
    } catch (error) {
      host.logger.error({ err: error, way }, 'the data cannot be set aside')
      return null
    }
  }

  #ways(reason: StorageReason): RepairWay[] {
    try {
      return repairWays(this.#ports.files.database, reason)
    } catch (error) {
      this.#ports.host.logger.warn({ err: error }, 'what is damaged cannot be looked at')
      return reason === 'corrupt' ? ['start-anew'] : []
    }
  }
}
