import type { ElectronApplication, JSHandle, Page } from 'playwright/test'
import { methodChannel } from '../../protocol/ipc/channels.ts'

/** When the results of what was typed came, in ms since the last key, by the time that its event carries. */
export interface ResultsShown {
  /** They are in the list. */
  readonly listed: number
  /** The frame after the one that draws them begins: they are on screen, whatever drawing took. */
  readonly painted: number
}

interface Watch {
  shown: Promise<ResultsShown>
}

/** Looks from inside the page at the search box: when was a letter typed, and when are its results on screen? */
export class SearchWatch {
  readonly #watch: JSHandle<Watch>

  private constructor(watch: JSHandle<Watch>) {
    this.#watch = watch
  }

  static async install(page: Page): Promise<SearchWatch> {
    const handle = await page.evaluateHandle(() => {
      const status = () => document.querySelector('.search__panel')?.getAttribute('data-status')
      const nextFrame = () =>
        new Promise<void>((begun) => {
          window.requestAnimationFrame(() => begun())
        })
      /** Resolves when the list shows what was found, after a search that begins from now on. */
      const found = () =>
        new Promise<void>((resolve) => {
          let isSearching = false
          const observer = new MutationObserver(() => {
            if (status() === 'searching') isSearching = true
            if (!isSearching || status() !== 'found') return
            observer.disconnect()
            resolve()
          })
          observer.observe(document.body, {
            subtree: true,
            childList: true,
            attributeFilter: ['data-status'],
          })
        })
      const shown = async (pressed: number): Promise<ResultsShown> => {
        await found()
        const listed = performance.now() - pressed
        await nextFrame()
        await nextFrame()
        return { listed, painted: performance.now() - pressed }
      }
      const watch: Watch = { shown: new Promise(() => undefined) }
      const onKey = ({ timeStamp }: Event): void => {
        watch.shown = shown(timeStamp)
      }
      window.addEventListener('keydown', onKey, { capture: true })
      return watch
    })
    return new SearchWatch(handle)
  }

  /** When the results of what was typed last came. */
  shown(): Promise<ResultsShown> {
    return this.#watch.evaluate((watch) => watch.shown)
  }
}

/** Notes from now on how long main's handler of the search takes, in ms; the answer takes what was noted. */
export async function collectHandlerTimes(
  app: ElectronApplication,
): Promise<() => Promise<number[]>> {
  const times = await app.evaluateHandle(({ ipcMain }, channel) => {
    const noted: number[] = []
    // Electron tells nobody who handles a channel but in this field.
    const handlers: Map<string, (...args: unknown[]) => unknown> = Reflect.get(
      ipcMain,
      '_invokeHandlers',
    )
    const handler = handlers.get(channel)
    if (handler === undefined) throw new Error(`nobody handles ${channel}`)
    handlers.set(channel, async (...args) => {
      const startedAt = performance.now()
      const answer = await handler(...args)
      noted.push(performance.now() - startedAt)
      return answer
    })
    return noted
  }, methodChannel('searchMessages'))
  return () => times.evaluate((noted) => noted.splice(0))
}
