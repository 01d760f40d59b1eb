import { type IpcMainInvokeEvent, ipcMain } from 'electron'
import { METHODS, methodChannel } from '../../protocol/ipc/channels.ts'
import type { Logger } from '../engine/ports.ts'
import { answerCall, type Handlers } from './call.ts'
import { isTrustedSender, type Sender, type TrustedPage } from './trusted-sender.ts'

/**
 * Opens every channel of the map, and the only place that touches ipcMain. Calls that come before `handlers` is there
 * wait for it, so that the window need not wait for the store. `page` tells, at each call, who may call.
 */
export function registerHandlers(
  handlers: Promise<Handlers>,
  page: () => TrustedPage | null,
  logger: Logger,
): void {
  for (const method of METHODS) {
    ipcMain.handle(methodChannel(method), (event, argument: unknown) =>
      answerCall(method, argument, isTrustedSender(senderOf(event), page()), handlers, logger),
    )
  }
}

function senderOf(event: IpcMainInvokeEvent): Sender {
  const frame = event.senderFrame
  return {
    webContentsId: event.sender.id,
    frame: frame === null ? null : { origin: frame.origin, isMainFrame: frame.parent === null },
  }
}
