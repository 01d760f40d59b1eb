import { BrowserWindow, type Input, Menu } from 'electron'

/**
 * The menu bar is never shown: it would open at a tapped Alt, and take the focus from where somebody writes; so it would
 * at Alt+Up, when Alt is let go before the arrow, since a key that the page has used is not seen by it. Its shortcuts
 * work all the same, and F10 opens the menu by itself. On a Mac the menu is not in the window at all.
 */
export function keepAltForPage(window: BrowserWindow): void {
  if (process.platform === 'darwin') return
  if (Menu.getApplicationMenu() !== null) hideFor(window)
  window.webContents.on('before-input-event', (event, input) => {
    if (!opensMenu(input)) return
    event.preventDefault()
    Menu.getApplicationMenu()?.popup({ window, x: 0, y: 0 })
  })
}

/** Sets the menu of all windows. */
export function installMenu(menu: Menu): void {
  Menu.setApplicationMenu(menu)
  if (process.platform === 'darwin') return
  for (const window of BrowserWindow.getAllWindows()) hideFor(window)
}

/** A window that has its menu by now: one that gets it later would show it. Hidden by itself, Alt would show it. */
function hideFor(window: BrowserWindow): void {
  window.setAutoHideMenuBar(false)
  window.setMenuBarVisibility(false)
}

function opensMenu({ type, key, alt, control, meta, shift }: Input): boolean {
  return type === 'keyDown' && key === 'F10' && !(alt || control || meta || shift)
}
