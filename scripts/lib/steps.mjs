/**
 * @typedef {object} Steps
 * @property {<T>(name: string, work: (progress: (text: string) => void) => Promise<T>) => Promise<T>} step
 *   Runs one long step and shows that it runs, how it goes and how long it took.
 * @property {(line: string) => void} note One line that the user should read.
 */

/** @typedef {{ write(text: string): unknown, isTTY?: boolean, columns?: number }} Terminal */

const REPAINT_MS = 200
const STILL_THERE_MS = 15_000

/**
 * Shows progress on a terminal by one line that repaints itself, elsewhere (CI, a pipe) by a line when a step
 * starts, one every 15 s while it runs, and one when it ends.
 * Everything goes to one stream, stderr in all scripts, so that stdout stays free for what was asked for.
 * @param {{ terminal: Terminal, now: () => number }} world `now` in ms
 * @returns {Steps}
 */
export function createSteps({ terminal, now }) {
  const live = terminal.isTTY === true
  return {
    async step(name, work) {
      const startedAt = now()
      let detail = ''
      const elapsed = () => formatDuration(now() - startedAt)
      const paint = () =>
        terminal.write(
          `\r\u001b[K${cut(statusLine(name, detail, elapsed()), terminal.columns ?? 80)}`,
        )
      const report = () => terminal.write(`  ${statusLine(name, detail, elapsed())}\n`)
      if (live) paint()
      else terminal.write(`• ${name}\n`)
      const timer = setInterval(live ? paint : report, live ? REPAINT_MS : STILL_THERE_MS)
      const finish = (/** @type {string} */ mark) => {
        clearInterval(timer)
        terminal.write(`${live ? '\r\u001b[K' : ''}${mark} ${name} (${elapsed()})\n`)
      }
      try {
        const result = await work((text) => {
          detail = text.trim()
        })
        finish('✓')
        return result
      } catch (error) {
        finish('✗')
        throw error
      }
    },
    note(line) {
      terminal.write(`${line}\n`)
    },
  }
}

/**
 * @param {string} name
 * @param {string} detail
 * @param {string} elapsed
 */
function statusLine(name, detail, elapsed) {
  return `${name} … ${elapsed}${detail === '' ? '' : ` · ${detail}`}`
}

/**
 * One row of the terminal, so that the line can be repainted in place.
 * @param {string} line
 * @param {number} columns
 */
function cut(line, columns) {
  return line.length < columns ? line : `${line.slice(0, Math.max(0, columns - 2))}…`
}

/**
 * "0.4 s", "12 s", "2 min 5 s".
 * @param {number} ms
 */
export function formatDuration(ms) {
  const seconds = ms / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.round(seconds)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}
