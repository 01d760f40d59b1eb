import { contextBridge, ipcRenderer } from 'electron'
import type { FerryApi } from '../protocol/ipc/api.ts'
import { EVENT_CHANNEL, METHODS, type Method, methodChannel } from '../protocol/ipc/channels.ts'
import type { AppEvent } from '../protocol/ipc/views.ts'

/** The methods, each on its own channel. Main validates the argument: nothing in here is trusted there. */
type Calls = { readonly [M in Method]: FerryApi[M] }

const calls = Object.fromEntries(
  METHODS.map((method) => [
    method,
    (argument?: unknown) => ipcRenderer.invoke(methodChannel(method), argument),
  ]),
) as Calls

const api = {
  ...calls,
  subscribe: (listener) => {
    // Only the data goes on: the IPC event object would hand the sender's port to the page.
    const forward = (_event: unknown, data: AppEvent) => listener(data)
    ipcRenderer.on(EVENT_CHANNEL, forward)
    return () => {
      ipcRenderer.removeListener(EVENT_CHANNEL, forward)
    }
  },
} satisfies FerryApi

contextBridge.exposeInMainWorld('ferry', api)
