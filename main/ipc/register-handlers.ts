import { type IpcMainInvokeEvent, ipcMain } from 'electron'
import { METHODS, type Method, methodChannel } from '../../protocol/ipc/channels.ts'
import { isTrustedSender, type Sender, type TrustedPage } from './trusted-sender.ts'

/** Answers one call: `trusted` is what was found out about its sender when it came. See call.ts. */
export type Answer = (method: Method, argument: unknown, trusted: boolean) => Promise<unknown>

/**
 * Opens every channel of the map, and the only place that touches ipcMain. Calls that come before `answer` is there
 * wait for it, so that the window need not wait for the store. `page` tells, at each call, who may call.
 */
export function registerHandlers(answer: Promise<Answer>, page: () => TrustedPage | null): void {
  for (const method of METHODS) {
    ipcMain.handle(methodChannel(method), async (event, argument: unknown) => {
      const trusted = isTrustedSender(senderOf(event), page())
      return (await answer)(method, argument, trusted)
    })
  }
}

function senderOf(event: IpcMainInvokeEvent): Sender {
  const frame = event.senderFrame
  return {
    webContentsId: event.sender.id,
    frame: frame === null ? null : { origin: frame.origin, isMainFrame: frame.parent === null },
  }
}
