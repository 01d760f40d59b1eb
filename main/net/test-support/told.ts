/** What was told so far, in order, and a way to wait for more without waiting for time. */
export class Told<T> {
  readonly all: T[] = []
  readonly #waiting = new Set<() => void>()

  add(item: T): void {
    this.all.push(item)
    for (const look of [...this.#waiting]) look()
  }

  /** Resolves with the first item, told before or later, that fits. */
  until(fits: (item: T) => boolean): Promise<T> {
    return this.#wait(() => this.all.find(fits))
  }

  /** Resolves when `count` items fit, with the last of them. */
  untilCount(count: number, fits: (item: T) => boolean): Promise<T> {
    return this.#wait(() => this.all.filter(fits)[count - 1])
  }

  #wait(find: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = find()
        if (found === undefined) return
        this.#waiting.delete(look)
        resolve(found)
      }
      this.#waiting.add(look)
      look()
    })
  }
}
