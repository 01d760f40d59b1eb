import { tmpdir } from 'node:os'
import { app, dialog, Menu } from 'electron'
import { createAppLogger } from './app-logger.ts'
import { declareAppScheme } from './app-scheme.ts'
import { readLaunchOptions } from './launch-options.ts'
import { runApp } from './run-app.ts'
import { watchUnexpectedErrors } from './unexpected-errors.ts'
import { isLockedByAnother, isWritableFolder, standInFolder } from './user-data-folder.ts'

/** The entry of the main process: one instance a profile, everything this process writes for its user alone. */
async function main(): Promise<void> {
  process.umask(0o077)
  // What the installer registers (electron-builder.yml), so that Windows knows our windows as the program's.
  app.setAppUserModelId('app.ferry.desktop')
  const launch = readLaunchOptions(process.argv, process.env, app.isPackaged)
  const profileDir = app.getPath('userData')
  const isReadOnly = !isWritableFolder(profileDir)
  if (isReadOnly) app.setPath('userData', standInFolder(profileDir, tmpdir()))
  if (!app.requestSingleInstanceLock()) {
    const userData = app.getPath('userData')
    if (!isLockedByAnother(userData, process.platform)) {
      throw new Error(
        `there is no room, or no right, to lock its data (in ${userData} and in ${tmpdir()})`,
      )
    }
    process.stderr.write(
      `Ferry already runs on ${profileDir}: its window is brought to the front.\n`,
    )
    app.exit(0)
    return
  }
  declareAppScheme()
  // Else Electron makes a menu of its own before the window, to be replaced at once.
  Menu.setApplicationMenu(null)
  const logger = createAppLogger(profileDir)
  logger.info({ version: app.getVersion(), electron: process.versions.electron }, 'starting')
  watchUnexpectedErrors(logger, () => {
    app.relaunch()
    app.quit()
  })
  try {
    await runApp({ launch, profileDir, isReadOnly, logger })
  } catch (error) {
    logger.error({ err: error }, 'the app cannot start')
    throw error
  }
}

main().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error)
  process.stderr.write(`Ferry cannot start: ${reason}\n`)
  dialog.showErrorBox('Ferry cannot start', reason)
  app.exit(1)
})
