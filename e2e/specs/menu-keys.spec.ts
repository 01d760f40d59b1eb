import type { KeyboardInputEvent } from 'electron'
import type { FerryApp } from '../support/ferry-app.ts'
import { expect, test } from '../support/fixtures.ts'

/** Keys as the system brings them, so that what the page has not used reaches the window, too. */
async function keys(app: FerryApp, events: readonly KeyboardInputEvent[]): Promise<void> {
  await app.electron.evaluate(({ BrowserWindow }, sent) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    contents?.focus()
    for (const event of sent) contents?.sendInputEvent(event)
  }, events)
}

const alt = { keyCode: 'Alt', modifiers: ['alt'] } as const
const arrow = (type: 'keyDown' | 'keyUp', withAlt: boolean): KeyboardInputEvent => ({
  type,
  keyCode: 'Down',
  modifiers: withAlt ? ['alt'] : [],
})

test('[F3] Alt, alone or let go before its arrow, opens no menu and eats no letter', async ({
  world,
}) => {
  const app = await world.launch('ann')
  await app.startOnThisComputer('Ann')
  await app.sidebar.create([], 'Second')
  const { box } = app.composer
  const first: KeyboardInputEvent[] = [
    { type: 'keyDown', ...alt, modifiers: [...alt.modifiers] },
    arrow('keyDown', true),
    { type: 'keyUp', keyCode: 'Alt' },
    arrow('keyUp', false),
  ]
  const tapped: KeyboardInputEvent[] = [
    { type: 'keyDown', keyCode: 'Alt', modifiers: ['alt'] },
    { type: 'keyUp', keyCode: 'Alt' },
  ]
  for (const press of [first, tapped, first, tapped]) {
    await box.focus()
    await keys(app, press)
    await keys(app, [{ type: 'char', keyCode: 'x' }])
    await expect(box).toHaveValue(/x/)
    const isVisible = await app.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.isMenuBarVisible(),
    )
    expect(isVisible).toBe(false)
    await box.fill('')
  }
})

test('[F26] the view is zoomed in by Ctrl and =, and back by Ctrl and 0', async ({ world }) => {
  const app = await world.launch('ann')
  await app.startOnThisComputer('Ann')
  const zoom = () =>
    app.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.getZoomLevel(),
    )
  const press = (keyCode: string) =>
    keys(app, [
      { type: 'keyDown', keyCode, modifiers: ['control'] },
      { type: 'keyUp', keyCode, modifiers: ['control'] },
    ])
  await press('=')
  await expect.poll(zoom).toBeGreaterThan(0)
  await press('0')
  await expect.poll(zoom).toBe(0)
})
