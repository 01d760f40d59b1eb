import { expect, test } from '../support/fixtures.ts'
import { PackedApp, packProgram } from '../support/packed-app.ts'

test('the packed program chats through the server bundled inside it', async ({ world }) => {
  test.setTimeout(300_000)
  const program = await packProgram()
  const profile = world.profileDir('packed')
  const app = await PackedApp.launch(program, profile)
  await app.startOnThisComputer('Ann')
  await app.composer.send('from the packed program')
  await app.conversation.expectState('from the packed program', 'sent')
  expect(app.page.url()).toBe('ferry://app/index.html')
  expect(await app.stop()).toBe(0)

  const again = await PackedApp.launch(program, profile)
  await again.conversation.expectState('from the packed program', 'sent')
  await again.composer.send('and again')
  await again.conversation.expectState('and again', 'sent')
  expect(await again.stop()).toBe(0)
})
