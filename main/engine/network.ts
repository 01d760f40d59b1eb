import { accountsApi } from '../net/accounts-api.ts'
import type { NetEvent, Report } from '../net/report.ts'
import { transportFactory } from '../net/transport.ts'
import type { HostPorts, Logger, NetworkPorts } from './ports.ts'

/** The network of this machine: WebSocket and HTTP. */
export function systemNetwork({ clock, timers, random, logger }: HostPorts): NetworkPorts {
  const report: Report = (event) => logNetwork(logger, event)
  return {
    transport: transportFactory({ clock, timers, random, report }),
    accounts: accountsApi({ timers }),
  }
}

function logNetwork(logger: Logger, event: NetEvent): void {
  if (event.event === 'invalid_frame') logger.error(event, 'the server does not speak our protocol')
  else if (event.event === 'misfit') logger.warn(event, 'something came that cannot be read')
  else logger.info(event, 'connection')
}
