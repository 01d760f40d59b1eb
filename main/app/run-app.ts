import { app, Menu, powerMonitor, session, shell } from 'electron'
import type { Engine } from '../engine/engine-api.ts'
import type { Logger } from '../engine/ports.ts'
import type { Handlers } from '../ipc/call.ts'
import { registerHandlers } from '../ipc/register-handlers.ts'
import { showBadge } from './app-badge.ts'
import { APP_ORIGIN, APP_PAGE } from './app-files.ts'
import { logFolder } from './app-logger.ts'
import { appPaths } from './app-paths.ts'
import { serveAppScheme } from './app-scheme.ts'
import { applicationMenu } from './application-menu.ts'
import { applyDevPolicy, hardenSession } from './harden-session.ts'
import { hardenWebContents } from './harden-web-contents.ts'
import type { LaunchOptions } from './launch-options.ts'
import { openEngine } from './open-engine.ts'
import { QuitFlow } from './quit-flow.ts'
import { QUIT_BUTTON, quitQuestion } from './quit-question.ts'
import { createShellHandlers } from './shell-handlers.ts'
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
 * Runs the app of one profile. The window comes first and the engine is made while it is drawn: the page's calls wait
 * for it. Rejects when the engine cannot be made.
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
  powerMonitor.on('shutdown', () => quit.systemGoesDown())
  hardenSession(session.defaultSession)
  if (launch.devServerUrl === null) serveAppScheme(session.defaultSession, paths.renderer, logger)
  else applyDevPolicy(session.defaultSession, launch.devServerUrl)

  const handlers = new Promise<Handlers>((resolve, reject) => {
    const start = async () => {
      engine = await openEngine({
        profileDir,
        isReadOnly,
        serverEntry: paths.server,
        serverUrlOverride: launch.serverUrlOverride,
        platform,
        logger,
      })
      connectEngine(engine, windows)
      await engine.start()
      const { reportPainted } = launch
      const shellHandlers = createShellHandlers({ engine, windows, reportPainted, logger })
      return { ...engine.handlers, ...shellHandlers }
    }
    setImmediate(() => start().then(resolve, reject))
  })
  registerHandlers(handlers, () => windows.trustedPage(), logger)
  windows.show()
  const menu = applicationMenu(
    { platform, appName: app.getName(), developer: !app.isPackaged },
    {
      quit: () => void quit.requestedByUser(),
      showLogs: () => void shell.openPath(logFolder(profileDir)),
    },
  )
  Menu.setApplicationMenu(Menu.buildFromTemplate(menu))
  await handlers
}

/** Lets the engine hear of the system, and the window and the dock of the engine. */
function connectEngine(engine: Engine, windows: WindowKeeper): void {
  let failed = 0
  engine.subscribe((event) => {
    windows.send(event)
    if (event.type === 'state') failed = event.state.outbox.failed
    if (event.type === 'state' || event.type === 'conversations') {
      showBadge(windows.window, { unread: engine.unreadTotal(), failed })
    }
  })
  powerMonitor.on('suspend', () => engine.powerSuspended())
  powerMonitor.on('resume', () => engine.powerResumed())
}

function platformOf(platform: NodeJS.Platform): 'darwin' | 'win32' | 'linux' {
  return platform === 'darwin' || platform === 'win32' ? platform : 'linux'
}
