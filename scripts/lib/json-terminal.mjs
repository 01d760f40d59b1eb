/** pino's number for "info". */
const INFO = 30

/**
 * A terminal that says each line as a JSON object, in the manner of the server's own log: for a command whose stderr
 * is read by machines.
 * @param {{ write(text: string): unknown }} stream
 * @param {() => Date} clock
 * @returns {import('./steps.mjs').Terminal}
 */
export function jsonTerminal(stream, clock) {
  return {
    isTTY: false,
    write(text) {
      for (const line of text.split('\n')) {
        const msg = line.trim()
        if (msg === '') continue
        const entry = { level: INFO, time: clock().toISOString(), name: 'ferry-start', msg }
        stream.write(`${JSON.stringify(entry)}\n`)
      }
    },
  }
}
