import type { Cursors } from '../../../protocol/model/primitives.ts'
import type { NetworkReason } from '../../../protocol/wire/failure.ts'
import type { ReceivedPush, ReceivedReplyOf } from '../../../protocol/wire/received.ts'
import type { ConnectionState } from '../../sync/connection.ts'
import type { Misfit, Transport } from '../../sync/transport.ts'
import type { NetEvent } from '../report.ts'
import { transportFactory } from '../transport.ts'
import { ManualTime } from './manual-time.ts'
import { Told } from './told.ts'

/** Everything that a transport tells, as one list, so that order can be tested. */
export type Heard =
  | { readonly what: 'state'; readonly state: ConnectionState }
  | { readonly what: 'greeted'; readonly hello: ReceivedReplyOf<'hello'> }
  | { readonly what: 'pushed'; readonly push: ReceivedPush }
  | { readonly what: 'misfit'; readonly misfit: Misfit }
  | { readonly what: 'lost'; readonly reason: NetworkReason; readonly closeCode: number | null }

/** A transport with a manual clock, whose words are kept. */
export class Wired {
  readonly time = new ManualTime()
  readonly heard = new Told<Heard>()
  readonly reports = new Told<NetEvent>()
  readonly transport: Transport
  cursors: Cursors = {}

  constructor(random = 0.5) {
    const ports = {
      clock: this.time,
      timers: this.time,
      random: () => random,
      report: (event: NetEvent) => this.reports.add(event),
    }
    this.transport = transportFactory(ports)({
      cursors: () => this.cursors,
      connectionChanged: (state) => this.heard.add({ what: 'state', state }),
      greeted: (hello) => this.heard.add({ what: 'greeted', hello }),
      pushed: (push) => this.heard.add({ what: 'pushed', push }),
      misfit: (misfit) => this.heard.add({ what: 'misfit', misfit }),
      lost: (reason, closeCode) => this.heard.add({ what: 'lost', reason, closeCode }),
    })
  }

  start(serverUrl: string): void {
    this.transport.start({ serverUrl, token: 'token', device: 'device' })
  }

  /** Starts, and resolves when the server has said hello. */
  async online(serverUrl: string): Promise<void> {
    this.start(serverUrl)
    await this.status('online')
  }

  /** Resolves when the connection was in this state for the `count`-th time. */
  async status<S extends ConnectionState['status']>(
    status: S,
    count = 1,
  ): Promise<Extract<ConnectionState, { status: S }>> {
    const isIt = (heard: Heard): boolean => heard.what === 'state' && heard.state.status === status
    const heard = await this.heard.untilCount(count, isIt)
    if (heard.what !== 'state') throw new Error('unreachable')
    return heard.state as Extract<ConnectionState, { status: S }>
  }
}
