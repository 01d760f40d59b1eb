import type { FerryApp } from '../support/ferry-app.ts'
import { expect, GROUP, type Harbour, numbered, test } from '../support/harbour.ts'

test('[O9] quitting while messages wait says how many, and they are sent at the next start', async ({
  world,
  server,
  enter,
}) => {
  const line = await world.startProxy(server)
  const harbour = await enter(line.url)
  const bodies = numbered('later', 3)
  await writeOffline(harbour, line, bodies)

  const cancelled = await quitByMenu(harbour.app, 'Cancel')
  expect(cancelled.message).toBe('3 messages are waiting to be sent')
  expect(cancelled.detail).toContain('will be sent the next time Ferry is started')
  await expect(harbour.app.outbox.button).toHaveAccessibleName('Outbox (3)')
  expect(harbour.app.alive).toBe(true)

  const quit = await quitByMenu(harbour.app, 'Quit')
  expect(quit.message).toBe('3 messages are waiting to be sent')
  await harbour.app.ended()
  expect(harbour.app.exitCode).toBe(0)
  line.restore()
  await harbour.restart()
  await harbour.expectAllOnce(bodies)
})

test('[O9] closing the window while a message waits asks as well', async ({
  world,
  server,
  enter,
}) => {
  const line = await world.startProxy(server)
  const harbour = await enter(line.url)
  await writeOffline(harbour, line, ['the only one'])
  const asked = await answering(harbour.app, 'Quit', () =>
    harbour.app.electron.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.close()
    }),
  )
  expect(asked.message).toBe('1 message is waiting to be sent')
  await harbour.app.ended()
  line.restore()
  await harbour.restart()
  await harbour.expectAllOnce(['the only one'])
})

test('quitting with nothing to send asks nothing', async ({ frameProxy, enter }) => {
  const harbour = await enter(frameProxy.url)
  await harbour.send(['sent'])
  await harbour.expectAllOnce(['sent'])
  await clickQuit(harbour.app)
  await harbour.app.ended()
  expect(harbour.app.exitCode).toBe(0)
})

test('[O1] SIGTERM is obeyed without a question, and keeps what waits and the draft', async ({
  world,
  server,
  enter,
}) => {
  const line = await world.startProxy(server)
  const harbour = await enter(line.url)
  const bodies = numbered('kept', 3)
  await writeOffline(harbour, line, bodies)
  await harbour.app.composer.box.fill('half a thought')
  process.kill(harbour.app.pid, 'SIGTERM')
  await harbour.app.ended()
  line.restore()
  await harbour.restart()
  await expect(harbour.app.composer.box).toHaveValue('half a thought')
  await harbour.expectAllOnce(bodies)
})

async function writeOffline(
  harbour: Harbour,
  line: { cut(): void },
  bodies: readonly string[],
): Promise<void> {
  line.cut()
  await expect(harbour.app.connection.status).not.toHaveText('Online')
  await expect(harbour.app.conversation.heading).toHaveText(GROUP)
  await harbour.send(bodies)
  await expect(harbour.app.outbox.button).toHaveAccessibleName(`Outbox (${bodies.length})`)
}

interface Question {
  readonly message: string
  readonly detail: string
}

const quitByMenu = (app: FerryApp, button: string): Promise<Question> =>
  answering(app, button, () => clickQuit(app))

/** Chooses Quit in the menu bar, as a user does. */
async function clickQuit(app: FerryApp): Promise<void> {
  await app.electron.evaluate(({ Menu }) => {
    const items = Menu.getApplicationMenu()?.items.flatMap(({ submenu }) => submenu?.items ?? [])
    items?.find(({ label }) => label.startsWith('Quit'))?.click()
  })
}

/**
 * What the next question of the system says, answered with the button of this name. A native dialog cannot be seen
 * from outside, so Electron's is stood in for.
 */
async function answering(
  app: FerryApp,
  button: string,
  act: () => Promise<unknown>,
): Promise<Question> {
  const asked = app.electron.evaluate(
    ({ dialog }, name) =>
      new Promise<Question>((resolve) => {
        const showMessageBox = (...args: unknown[]) => {
          const { message, detail = '', buttons = [] } = args.at(-1) as Electron.MessageBoxOptions
          resolve({ message, detail })
          return Promise.resolve({ response: buttons.indexOf(name), checkboxChecked: false })
        }
        Object.assign(dialog, { showMessageBox })
      }),
    button,
  )
  const [question] = await Promise.all([asked, act()])
  return question
}
