import type { Page } from 'playwright/test'

/** Questions to a page; the one that is answered fastest tells its clock best. */
const SAMPLES = 40

/** This process's clock: ms since the epoch, steady. */
const instant = (): number => performance.timeOrigin + performance.now()

/** How the clock of a page compares with that of this process, both `performance.timeOrigin + performance.now()`. */
export interface PageClock {
  /** What to add to an instant of the page for the same instant here, in ms. */
  readonly offset: number
  /** The most that `offset` can be wrong by, in ms: half of the way there and back. */
  readonly error: number
}

/**
 * Compares the clocks: processes that started at different times may disagree by milliseconds about the epoch, as the
 * system's clock is corrected while they run.
 */
export async function comparePageClock(page: Page): Promise<PageClock> {
  let best: PageClock = { offset: 0, error: Number.POSITIVE_INFINITY }
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const asked = instant()
    const there = await page.evaluate(() => performance.timeOrigin + performance.now())
    const answered = instant()
    const error = (answered - asked) / 2
    if (error < best.error) best = { offset: asked + error - there, error }
  }
  return best
}
