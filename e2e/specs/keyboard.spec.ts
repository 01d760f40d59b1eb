import { expect, test } from '../support/fixtures.ts'

test('the keyboard alone: conversations by arrows, dialogs and panels give the focus back', async ({
  world,
}) => {
  const server = await world.startServer()
  const app = await world.signUp('alice', server.url)
  const { composer, outbox, page, sidebar } = app
  for (const title of ['One', 'Two', 'Three']) await sidebar.create([], title)
  await expect(composer.box).toBeFocused()

  await test.step('the list is one stop of the Tab key', async () => {
    const list = sidebar.navigation.getByRole('listitem').getByRole('button')
    await expect(list).toHaveCount(3)
    await expect(sidebar.navigation.locator('li button[tabindex="0"]')).toHaveCount(1)
    await sidebar.newConversation.focus()
    await page.keyboard.press('Tab')
    await expect(sidebar.conversation('Three')).toBeFocused()
    await page.keyboard.press('ArrowDown')
    await expect(sidebar.conversation('Two')).toBeFocused()
    await page.keyboard.press('End')
    await expect(sidebar.conversation('One')).toBeFocused()
    await page.keyboard.press('Tab')
    await expect(outbox.button).toBeFocused()
    await page.keyboard.press('Shift+Tab')
    await expect(sidebar.conversation('One')).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(app.conversation.heading).toHaveText('One')
    await expect(composer.box).toBeFocused()
  })

  await test.step('a dialog', async () => {
    await sidebar.newConversation.focus()
    await page.keyboard.press('Enter')
    await expect(sidebar.dialog.getByLabel('People', { exact: true })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(sidebar.dialog).toHaveCount(0)
    await expect(sidebar.newConversation).toBeFocused()
  })

  await test.step('the outbox', async () => {
    await outbox.button.focus()
    await page.keyboard.press('Enter')
    await expect(outbox.region).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(outbox.region).toHaveCount(0)
    await expect(outbox.button).toBeFocused()
  })

  await test.step('messages, their buttons and menus', async () => {
    await composer.send('the first of them')
    await composer.send('the second of them')
    await app.conversation.expectState('the second of them', 'sent')
    const second = app.conversation.message('the second of them')
    const actions = second.getByRole('button', { name: 'Message actions' })
    await page.keyboard.press('Shift+Tab')
    await expect(actions).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('menu')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('menu')).toHaveCount(0)
    await expect(actions).toBeFocused()
    await second.focus()
    await page.keyboard.press('ArrowUp')
    await expect(app.conversation.message('the first of them')).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(composer.box).toBeFocused()
  })

  await test.step('search', async () => {
    await page.keyboard.press('ControlOrMeta+k')
    await page.keyboard.type('of them')
    const options = sidebar.searchResults.getByRole('option')
    await expect(options).toHaveCount(2)
    await expect(options.first()).toHaveAttribute('aria-selected', 'true')
    await page.keyboard.press('ArrowDown')
    await expect(options.nth(1)).toHaveAttribute('aria-selected', 'true')
    await page.keyboard.press('Escape')
    await expect(sidebar.searchResults).toHaveCount(0)
    await expect(composer.box).toBeFocused()
  })
})
