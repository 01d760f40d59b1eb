import { BrowserWindow, nativeTheme, screen } from 'electron'
import type { Logger } from '../engine/ports.ts'
import { keepAltForPage } from './menu-keys.ts'
import { MIN_WINDOW, placeWindow } from './window-placement.ts'
import { loadWindowState, saveWindowState } from './window-state-file.ts'

/** `--surface` of renderer/ui/tokens.css: what is seen before the first frame, so that nothing flashes. */
const BACKGROUND = { light: '#ffffff', dark: '#14191e' } as const

export interface MainWindowOptions {
  readonly preload: string
  readonly icon: string
  readonly profileDir: string
  readonly logger: Logger
}

/**
 * Makes the window at the place where it was left, on screen at once in the colour of its page: what it takes to put it
 * there goes on while the page is loaded. The page in it has no Node, no other world's objects and, outside of it,
 * nothing but the preload API.
 */
export function createMainWindow(options: MainWindowOptions): BrowserWindow {
  const { profileDir, logger } = options
  const { maximized, ...bounds } = placeWindow(
    loadWindowState(profileDir, logger),
    screen.getAllDisplays().map((display) => display.workArea),
  )
  const window = new BrowserWindow({
    ...bounds,
    minWidth: MIN_WINDOW.width,
    minHeight: MIN_WINDOW.height,
    title: 'Ferry',
    autoHideMenuBar: true,
    backgroundColor: backgroundNow(),
    ...(process.platform === 'linux' ? { icon: options.icon } : {}),
    webPreferences: {
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      // Other systems would fetch dictionaries from a foreign host.
      spellcheck: process.platform === 'darwin',
      // The page's files are ours and named by their content: what was compiled of them once is kept, from the first
      // start on.
      v8CacheOptions: 'bypassHeatCheckAndEagerCompile',
    },
  })
  if (maximized) window.maximize()
  keepAltForPage(window)
  followTheme(window)
  rememberPlace(window, profileDir, logger)
  return window
}

/** Brings it to the front, from wherever it is. */
export function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

function backgroundNow(): string {
  return nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light
}

function followTheme(window: BrowserWindow): void {
  const update = () => window.setBackgroundColor(backgroundNow())
  nativeTheme.on('updated', update)
  window.once('closed', () => nativeTheme.off('updated', update))
}

/** Saves the place shortly after each move and when the window closes. */
function rememberPlace(window: BrowserWindow, profileDir: string, logger: Logger): void {
  const save = () => {
    const state = { bounds: window.getNormalBounds(), maximized: window.isMaximized() }
    saveWindowState(profileDir, state, logger)
  }
  let timer: NodeJS.Timeout | undefined
  const saveSoon = () => {
    clearTimeout(timer)
    timer = setTimeout(save, 500)
  }
  window.on('resize', saveSoon)
  window.on('move', saveSoon)
  window.on('maximize', saveSoon)
  window.on('unmaximize', saveSoon)
  window.on('close', save)
  window.once('closed', () => clearTimeout(timer))
}
