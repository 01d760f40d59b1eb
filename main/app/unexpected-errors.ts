import { app, dialog } from 'electron'
import type { Logger } from '../engine/ports.ts'

/**
 * Logs every error that nothing caught, and tells the user of the first one. What the user wrote is on disk, so going
 * on is safe; starting again is offered because the program may be in a state that nobody thought of.
 */
export function watchUnexpectedErrors(logger: Logger, restart: () => void): void {
  let told = false
  const report = (error: unknown, origin: string) => {
    logger.error({ err: error, origin }, 'an error that nothing caught')
    if (told || !app.isReady()) return
    told = true
    void askToRestart().then((again) => {
      if (again) restart()
    })
  }
  process.on('uncaughtException', report)
  process.on('unhandledRejection', (reason) => report(reason, 'unhandledRejection'))
  // Whoever started us may have closed the pipe that we print to.
  process.stdout.on('error', (error) => logger.warn({ err: error }, 'stdout is closed'))
  app.on('child-process-gone', (_event, details) => {
    logger.warn({ type: details.type, reason: details.reason }, 'a helper process is gone')
  })
}

async function askToRestart(): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    message: 'Ferry met an unexpected problem',
    detail:
      'Nothing you wrote is lost. If something does not work as it should, start Ferry again. The log has more (Help, Show Logs).',
    buttons: ['Restart Ferry', 'Keep Running'],
    defaultId: 0,
    cancelId: 1,
  })
  return response === 0
}
