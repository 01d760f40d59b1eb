import { test as base } from 'playwright/test'
import { Bootstrap } from './bootstrap.ts'
import { findElectron } from './project.ts'

export { expect } from 'playwright/test'

/**
 * Every test gets a world of its own: folders, servers, lines and apps that are started through it and are gone after
 * it. When the test failed, what there is to see is kept.
 */
export const test = base.extend<{ world: Bootstrap }, { electron: string }>({
  electron: [
    // Playwright reads the names of other fixtures out of the pattern, so there must be one.
    async ({ browserName: _ }, use) => {
      await use(await findElectron())
    },
    { scope: 'worker' },
  ],
  world: async ({ electron }, use, testInfo) => {
    const world = await Bootstrap.create(electron, testInfo)
    await use(world)
    await world.tearDown()
  },
})
