import type { JSHandle, Page } from 'playwright/test'

/** When an article came on screen, in ms by the clock of its page. */
export interface Appearance {
  /** It is in the document. */
  readonly inserted: number
  /** The frame that draws it begins. */
  readonly frame: number
  /** The frame after that one begins: it is on screen, whatever drawing took. */
  readonly painted: number
}

interface Watch {
  /** When Enter was last pressed or a button clicked, in ms: the time that the event itself carries. */
  pressed: number
  /** Begins to wait for an article with this text. */
  expect(text: string): void
  /** When the article that was waited for last came. */
  appeared: Promise<Appearance>
}

/** Looks at a page from inside it: when was something pressed, and when did an article come? */
export class ScreenWatch {
  readonly #watch: JSHandle<Watch>

  private constructor(watch: JSHandle<Watch>) {
    this.#watch = watch
  }

  static async install(page: Page): Promise<ScreenWatch> {
    const handle = await page.evaluateHandle(() => {
      const now = () => performance.timeOrigin + performance.now()
      const nextFrame = () =>
        new Promise<void>((begun) => {
          window.requestAnimationFrame(() => begun())
        })
      /** From the end: that is where it will be. */
      const isThere = (text: string): boolean => {
        const articles = document.getElementsByTagName('article')
        for (let index = articles.length - 1; index >= 0; index -= 1) {
          if (articles[index]?.textContent.includes(text) === true) return true
        }
        return false
      }
      const inserted = (text: string) =>
        new Promise<number>((resolve) => {
          const observer = new MutationObserver(() => {
            if (!isThere(text)) return
            observer.disconnect()
            resolve(now())
          })
          observer.observe(document.body, { subtree: true, childList: true, characterData: true })
        })
      const appearance = async (text: string): Promise<Appearance> => {
        const at = await inserted(text)
        await nextFrame()
        const frame = now()
        await nextFrame()
        return { inserted: at, frame, painted: now() }
      }
      const watch: Watch = {
        pressed: Number.NaN,
        expect: (text) => {
          watch.appeared = appearance(text)
        },
        appeared: new Promise(() => undefined),
      }
      const note = ({ timeStamp }: Event): void => {
        watch.pressed = performance.timeOrigin + timeStamp
      }
      window.addEventListener('click', note, { capture: true })
      window.addEventListener('keydown', (event) => event.key === 'Enter' && note(event), {
        capture: true,
      })
      return watch
    })
    return new ScreenWatch(handle)
  }

  /** Begins to wait for an article with this text. */
  expect(text: string): Promise<void> {
    return this.#watch.evaluate((watch, wanted) => watch.expect(wanted), text)
  }

  /** When the article that was waited for last came. */
  appeared(): Promise<Appearance> {
    return this.#watch.evaluate((watch) => watch.appeared)
  }

  /** When Enter was last pressed or a button clicked, in ms by the clock of the page. */
  pressed(): Promise<number> {
    return this.#watch.evaluate((watch) => watch.pressed)
  }
}
