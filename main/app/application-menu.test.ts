import type { MenuItemConstructorOptions } from 'electron'
import { expect, test, vi } from 'vitest'
import { applicationMenu, type MenuOptions } from './application-menu.ts'

const actions = { quit: vi.fn(), showLogs: vi.fn() }

/** All entries of a menu, flat. */
function entries(options: MenuOptions): MenuItemConstructorOptions[] {
  return applicationMenu(options, actions).flatMap((top) =>
    Array.isArray(top.submenu) ? top.submenu : [],
  )
}

const platforms = ['darwin', 'win32', 'linux'] as const

test.each(platforms)('on %s: quitting goes through the question, never the role', (platform) => {
  const items = entries({ platform, appName: 'Ferry', developer: false })
  expect(items.filter(({ role }) => role === 'quit')).toEqual([])
  const quit = items.filter(({ click }) => click === actions.quit)
  expect(quit).toHaveLength(1)
  expect(quit[0]?.label).toBe(platform === 'win32' ? 'Exit' : 'Quit Ferry')
})

test.each(platforms)('on %s: text can be edited and the view zoomed', (platform) => {
  const roles = entries({ platform, appName: 'Ferry', developer: false }).map(({ role }) => role)
  for (const role of ['undo', 'redo', 'cut', 'copy', 'paste', 'selectAll', 'zoomIn', 'resetZoom']) {
    expect(roles).toContain(role)
  }
  expect(roles.filter((role) => role === 'about')).toHaveLength(1)
})

test.each(platforms)('[F26] on %s: the view is zoomed by = and by the keypad, too', (platform) => {
  const items = entries({ platform, appName: 'Ferry', developer: false })
  const keysOf = (wanted: string) =>
    items.flatMap(({ role, accelerator }) => (role === wanted ? [accelerator] : []))
  expect(keysOf('zoomIn')).toEqual([undefined, 'CommandOrControl+=', 'CommandOrControl+numadd'])
  expect(keysOf('zoomOut')).toContain('CommandOrControl+numsub')
  expect(keysOf('resetZoom')).toContain('CommandOrControl+num0')
  expect(items.filter(({ visible }) => visible === false)).toHaveLength(4)
})

test.each(platforms)('on %s: developer tools only while developing', (platform) => {
  const rolesOf = (developer: boolean) =>
    entries({ platform, appName: 'Ferry', developer }).map(({ role }) => role)
  expect(rolesOf(true)).toContain('toggleDevTools')
  expect(rolesOf(false)).not.toContain('toggleDevTools')
  expect(rolesOf(false)).not.toContain('reload')
})
