import { spawn } from 'node:child_process'
import { StringDecoder } from 'node:string_decoder'
import { stripVTControlCharacters } from 'node:util'
import { Interrupted, StepFailure } from './step-failure.mjs'
import { formatDuration } from './steps.mjs'

/**
 * How a command ended. `output` holds the last lines of stdout and stderr together, for a message.
 * @typedef {{ kind: 'exited', code: number, stdout: string, output: string }
 *   | { kind: 'killed', signal: string, stdout: string, output: string }
 *   | { kind: 'timeout', afterMs: number, stdout: string, output: string }
 *   | { kind: 'not-started', reason: string, stdout: string, output: string }} CommandResult
 */

/**
 * @typedef {object} CommandOptions
 * @property {AbortSignal} abort ends the command; its reason is the name of the signal to pass on
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [timeoutMs] ended after this long in all
 * @property {number} [silenceMs] ended after this long without a line of output
 * @property {(line: string) => void} [onLine] each line of stdout and stderr as it comes
 * @property {'capture' | 'show'} [output] `show` passes stdout and stderr through instead of keeping them
 */

const TAIL_LINES = 80
const STDOUT_BYTES = 1024 * 1024
const KILL_AFTER_MS = 8000

/**
 * Runs a command to its end, in a process group of its own, so that a Ctrl-C reaches it once and through us, and
 * so that a timeout ends its children too. stdin is empty: nothing can stop to ask.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {CommandOptions} options
 * @returns {Promise<CommandResult>}
 * @throws {Interrupted} when `abort` fired
 */
export async function runCommand(command, args, options) {
  const { abort } = options
  if (abort.aborted) throw new Interrupted(abort.reason)
  const show = options.output === 'show'
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  })

  /** @type {string[]} */
  const tail = []
  let stdout = ''
  /** @type {NodeJS.Timeout | undefined} */
  let silence
  /** @type {number | undefined} */
  let timedOutAfterMs
  /** @type {NodeJS.Timeout | undefined} */
  let lastResort

  const end = (/** @type {NodeJS.Signals} */ signal) => {
    signalGroup(child.pid, signal)
    lastResort ??= setTimeout(() => signalGroup(child.pid, 'SIGKILL'), KILL_AFTER_MS)
  }
  const expire = (/** @type {number} */ afterMs) => {
    timedOutAfterMs ??= afterMs
    end('SIGTERM')
  }
  const onAbort = () => end(abort.reason)
  abort.addEventListener('abort', onAbort)
  const total =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(expire, options.timeoutMs, options.timeoutMs)
  const heard = () => {
    clearTimeout(silence)
    if (options.silenceMs !== undefined)
      silence = setTimeout(expire, options.silenceMs, options.silenceMs)
  }
  heard()

  const onLine = (/** @type {string} */ printed) => {
    heard()
    const line = stripVTControlCharacters(printed)
    // Where in its own sources a tool gave up helps nobody here.
    if (!/^\s+at .*(:\d+:\d+|<anonymous>|native)\)?$/.test(line)) tail.push(line)
    if (tail.length > TAIL_LINES) tail.shift()
    options.onLine?.(line)
  }
  if (child.stdout !== null) {
    readLines(child.stdout, onLine, (text) => {
      if (stdout.length < STDOUT_BYTES) stdout += text
    })
  }
  if (child.stderr !== null) readLines(child.stderr, onLine)

  /** @type {CommandResult} */
  const result = await new Promise((resolve) => {
    child.once('error', (error) =>
      resolve({ kind: 'not-started', reason: error.message, stdout, output: tail.join('\n') }),
    )
    child.once('close', (code, signal) => {
      const said = { stdout, output: tail.join('\n').trim() }
      if (timedOutAfterMs !== undefined)
        resolve({ kind: 'timeout', afterMs: timedOutAfterMs, ...said })
      else if (code !== null) resolve({ kind: 'exited', code, ...said })
      else resolve({ kind: 'killed', signal: signal ?? 'a signal', ...said })
    })
  })
  abort.removeEventListener('abort', onAbort)
  clearTimeout(total)
  clearTimeout(silence)
  clearTimeout(lastResort)
  if (abort.aborted) throw new Interrupted(abort.reason)
  return result
}

/**
 * Runs a command that must succeed.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {CommandOptions & { step: string, remedy: string }} options
 * @returns {Promise<string>} its stdout
 * @throws {StepFailure} when it did not
 */
export async function runOrFail(command, args, options) {
  const result = await runCommand(command, args, options)
  if (result.kind === 'exited' && result.code === 0) return result.stdout
  throw new StepFailure({
    step: options.step,
    cause: describeResult([command, ...args].join(' '), result),
    remedy: options.remedy,
  })
}

/**
 * Why a command did not succeed, with the end of what it printed.
 * @param {string} name
 * @param {CommandResult} result
 */
export function describeResult(name, result) {
  const line = `${name} ${howItEnded(result)}`
  return result.output === '' ? line : `${line}:\n${result.output}`
}

/** @param {CommandResult} result */
function howItEnded(result) {
  switch (result.kind) {
    case 'exited':
      return `ended with code ${result.code}`
    case 'killed':
      return `was ended by ${result.signal}`
    case 'timeout':
      return `gave no result within ${formatDuration(result.afterMs)}`
    case 'not-started':
      return `could not be started (${result.reason})`
  }
}

/**
 * @param {import('node:stream').Readable} stream
 * @param {(line: string) => void} onLine
 * @param {(text: string) => void} [onText]
 */
function readLines(stream, onLine, onText) {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  stream.on('data', (/** @type {Buffer} */ chunk) => {
    const text = decoder.write(chunk)
    onText?.(text)
    const lines = (rest + text).split(/\r\n|\n|\r/)
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
  stream.on('end', () => {
    if (rest !== '') onLine(rest)
  })
}

/**
 * Sends a signal to a process and its children; one that has already ended is fine.
 * @param {number | undefined} pid leader of a process group (spawned with `detached`)
 * @param {NodeJS.Signals} signal
 */
export function signalGroup(pid, signal) {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
