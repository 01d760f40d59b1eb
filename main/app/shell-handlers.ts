import { join } from 'node:path'
import { app, clipboard, dialog } from 'electron'
import type { Results } from '../../protocol/ipc/api.ts'
import type { Engine, ShellMethod } from '../engine/engine-api.ts'
import type { Logger } from '../engine/ports.ts'
import type { Handlers } from '../ipc/call.ts'
import type { LaunchOptions } from './launch-options.ts'
import type { WindowKeeper } from './window-keeper.ts'

export interface ShellHandlerPorts {
  readonly engine: Engine
  readonly windows: WindowKeeper
  readonly reportPainted: LaunchOptions['reportPainted']
  /** The first frame with content is on screen. */
  readonly painted: () => void
  readonly logger: Logger
}

/** The methods that need a window, a dialog or the clipboard. */
export function createShellHandlers(ports: ShellHandlerPorts): Pick<Handlers, ShellMethod> {
  return {
    async copyText({ text }) {
      clipboard.writeText(text)
      return null
    },
    exportReadableData: () => exportReadableData(ports),
    async reportPainted() {
      ports.painted()
      if (ports.reportPainted !== 'no') process.stdout.write(`PAINTED ${Date.now()}\n`)
      if (ports.reportPainted === 'print-and-quit') app.quit()
      return null
    },
  }
}

/** Asks where to, then has the engine write there. A cancelled question is a success without a path. */
async function exportReadableData({
  engine,
  windows,
  logger,
}: ShellHandlerPorts): Promise<Results['exportReadableData']> {
  const options = {
    title: 'Export messages',
    defaultPath: join(app.getPath('documents'), 'ferry-messages.jsonl'),
    filters: [{ name: 'JSON lines', extensions: ['jsonl'] }],
  }
  const { canceled, filePath } =
    windows.window === null
      ? await dialog.showSaveDialog(options)
      : await dialog.showSaveDialog(windows.window, options)
  if (canceled || filePath === '') return { ok: true, value: null }
  try {
    const { rows, unreadable } = await engine.exportReadable(filePath)
    logger.info({ rows, unreadable }, 'what can be read was exported')
    return { ok: true, value: { path: filePath } }
  } catch (error) {
    logger.error({ err: error }, 'the export cannot be written')
    return { ok: false, failure: { code: 'export_failed' } }
  }
}
