import { app, Menu, powerMonitor, session, shell } from 'electron'
import type { Engine } from '../engine/engine-api.ts'
import type { Logger } from '../engine/ports.ts'
import { type Answer, registerHandlers } from '../ipc/register-handlers.ts'
import { APP_ORIGIN, APP_PAGE } from './app-files.ts'
import { logFolder } from './app-logger.ts'
import { appPaths } from './app-paths.ts'
import { serveAppScheme } from './app-scheme.ts'
import { applicationMenu } from './application-menu.ts'
import { applyDevPolicy, hardenSession } from './harden-session.ts'
import { hardenWebContents } from './harden-web-contents.ts'
import type { LaunchOptions } from './launch-options.ts'
import { installMenu } from './menu-keys.ts'
import { QuitFlow } from './quit-flow.ts'
import { QUIT_BUTTON, quitQuestion } from './quit-question.ts'
import { createStartStages } from './start-stages.ts'
import { systemClock, systemTimers } from './system-ports.ts'
import { WindowKeeper } from './window-keeper.ts'

export interface RunOptions {
  readonly launch: LaunchOptions
  /** Folder of this profile; it exists. */
  readonly profileDir: string
  /** Nothing can be written in that folder: its data are shown as such, for this run, and can be saved elsewhere. */
  readonly isReadOnly: boolean
  readonly logger: Logger
}

/**
 * Runs the app of one profile. The window comes first; the engine is loaded while the page is made ready, the store
 * opened while its script is run (the page's calls wait for it), and all that a first frame does not need comes after
 * it. Rejects when the engine cannot be made.
 */
export async function runApp(options: RunOptions): Promise<void> {
  const { launch, profileDir, isReadOnly, logger } = options
  const platform = platformOf(process.platform)
  const paths = appPaths(app.getAppPath())
  const page = launch.devServerUrl === null ? APP_PAGE : `${launch.devServerUrl}/`
  let engine: Engine | null = null

  const windows: WindowKeeper = new WindowKeeper({
    ...paths,
    profileDir,
    page,
    origin: launch.devServerUrl ?? APP_ORIGIN,
    clock: systemClock,
    logger,
    onSessionEnd: () => quit.systemGoesDown(),
    mayClose: () => {
      // On macOS an app goes on without a window; elsewhere closing the window means quitting.
      if (platform === 'darwin' || quit.phase === 'closing' || quit.phase === 'closed') return true
      void quit.requestedByUser()
      return false
    },
  })
  const quit: QuitFlow = new QuitFlow({
    waitingCount: () => engine?.waitingCount() ?? 0,
    ask: async (waiting) => (await windows.ask(quitQuestion(waiting))) === QUIT_BUTTON,
    shutDown: async () => {
      await windows.close()
      await engine?.close()
    },
    exit: () => app.exit(0),
    timers: systemTimers,
    logger,
  })

  hardenWebContents(app, page, logger)
  app.on('second-instance', () => windows.show())
  app.on('activate', () => windows.show())
  // Listening is what keeps the app alive without a window; the way out is the quit flow's alone.
  app.on('window-all-closed', () => logger.debug({}, 'no window is open'))
  app.on('before-quit', (event) => {
    if (quit.phase === 'closed') return
    event.preventDefault()
    void quit.requestedBySystem()
  })

  await app.whenReady()
  hardenSession(session.defaultSession)
  const stages = createStartStages(systemTimers)
  if (launch.devServerUrl === null) {
    serveAppScheme(session.defaultSession, paths.renderer, logger, stages.served)
  } else {
    applyDevPolicy(session.defaultSession, launch.devServerUrl)
    stages.servedElsewhere()
  }

  const start = async (): Promise<Answer> => {
    await stages.page
    const { createProfileEngine, answering } = await import('./profile-engine.ts')
    await stages.script
    const { serverUrlOverride, reportPainted } = launch
    engine = createProfileEngine({
      profileDir,
      isReadOnly,
      serverEntry: paths.server,
      walThread: paths.walThread,
      serverUrlOverride,
      platform,
      logger,
    })
    engine.open()
    const painted = stages.reportPainted
    return answering({ engine, windows, reportPainted, painted, logger })
  }
  const connect = async () => engine?.start()
  const answer = start()
  registerHandlers(answer, () => windows.trustedPage())
  windows.show()
  powerMonitor.on('shutdown', () => quit.systemGoesDown())
  await answer
  await stages.painted
  const menu = applicationMenu(
    { platform, appName: app.getName(), developer: !app.isPackaged },
    {
      quit: () => void quit.requestedByUser(),
      showLogs: () => void shell.openPath(logFolder(profileDir)),
    },
  )
  installMenu(Menu.buildFromTemplate(menu))
  await connect()
}

function platformOf(platform: NodeJS.Platform): 'darwin' | 'win32' | 'linux' {
  return platform === 'darwin' || platform === 'win32' ? platform : 'linux'
}
