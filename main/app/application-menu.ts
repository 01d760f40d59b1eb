import type { MenuItemConstructorOptions } from 'electron'

export interface MenuActions {
  /** The user wants to quit; what waits may be asked about first. */
  readonly quit: () => void
  readonly showLogs: () => void
}

export interface MenuOptions {
  readonly platform: 'darwin' | 'win32' | 'linux'
  readonly appName: string
  /** Reload and developer tools: only where the app is not packed. */
  readonly developer: boolean
}

/** Keys that zoom without being named in the menu: + where it needs no Shift to be meant, and the keypad. */
const ZOOM_KEYS: readonly MenuItemConstructorOptions[] = (
  [
    ['zoomIn', '='],
    ['zoomIn', 'numadd'],
    ['zoomOut', 'numsub'],
    ['resetZoom', 'num0'],
  ] as const
).map(([role, key]) => ({
  role,
  accelerator: `CommandOrControl+${key}`,
  visible: false,
  acceleratorWorksWhenHidden: true,
}))

/** The menu bar of a system, as a template. */
export function applicationMenu(
  { platform, appName, developer }: MenuOptions,
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin'
  const separator: MenuItemConstructorOptions = { type: 'separator' }
  const quit: MenuItemConstructorOptions = {
    label: platform === 'win32' ? 'Exit' : `Quit ${appName}`,
    // Windows closes with Alt+F4, which the window answers.
    ...(platform === 'win32' ? {} : { accelerator: 'CommandOrControl+Q' }),
    click: actions.quit,
  }
  const edit: MenuItemConstructorOptions[] = [
    { role: 'undo' },
    { role: 'redo' },
    separator,
    { role: 'cut' },
    { role: 'copy' },
    { role: 'paste' },
    { role: 'pasteAndMatchStyle' },
    { role: 'delete' },
    { role: 'selectAll' },
  ]
  const view: MenuItemConstructorOptions[] = [
    { role: 'resetZoom', label: 'Actual Size' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    ...ZOOM_KEYS,
    separator,
    { role: 'togglefullscreen' },
    ...(developer ? ([separator, { role: 'reload' }, { role: 'toggleDevTools' }] as const) : []),
  ]
  const help: MenuItemConstructorOptions[] = [
    { label: 'Show Logs', click: actions.showLogs },
    ...(mac ? [] : [separator, { role: 'about', label: `About ${appName}` } as const]),
  ]
  return [
    ...(mac ? [{ label: appName, submenu: macAppMenu(quit) }] : []),
    {
      label: 'File',
      submenu: mac ? [{ role: 'close' }] : [quit],
    },
    { label: 'Edit', submenu: edit },
    { label: 'View', submenu: view },
    {
      label: 'Window',
      role: 'window',
      submenu: mac
        ? [{ role: 'minimize' }, { role: 'zoom' }, separator, { role: 'front' }]
        : [{ role: 'minimize' }, { role: 'close' }],
    },
    { label: 'Help', role: 'help', submenu: help },
  ]
}

function macAppMenu(quit: MenuItemConstructorOptions): MenuItemConstructorOptions[] {
  return [
    { role: 'about' },
    { type: 'separator' },
    { role: 'services' },
    { type: 'separator' },
    { role: 'hide' },
    { role: 'hideOthers' },
    { role: 'unhide' },
    { type: 'separator' },
    quit,
  ]
}
