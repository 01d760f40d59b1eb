import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'

/** A child process that a benchmark measures, kept on one core where the system can do that. */
export interface PinnedProcess {
  readonly child: ChildProcess
  /** What its first line on stdout, a JSON object, calls `url`. */
  readonly url: string
  /** Stops it and waits until it is gone. */
  stop(): Promise<void>
}

const hasTaskset = spawnSync('taskset', ['--version']).status === 0 && availableParallelism() > 1

/** Whether processes can be kept on one core here; the report says so. */
export const canPin = hasTaskset

/** Keeps this process, the generator, on one core. */
export function pinSelf(core: number): void {
  if (hasTaskset) spawnSync('taskset', ['-pc', String(core), String(process.pid)])
}

/**
 * Starts `node …args` on core `core` and waits for its first line.
 * @throws when the process ends before it has printed one.
 */
export async function startPinned(
  core: number,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<PinnedProcess> {
  const command = hasTaskset
    ? ['taskset', '-c', String(core), process.execPath]
    : [process.execPath]
  const [program, ...first] = command
  const child = spawn(program ?? process.execPath, [...first, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  let complaint = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2000)
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => {
      const parsed: unknown = JSON.parse(line)
      if (typeof parsed === 'object' && parsed !== null && 'url' in parsed)
        resolve(String(parsed.url))
      else reject(new Error(`${args.join(' ')} said: ${line}`))
    })
    void exited.then(() => reject(new Error(`${args.join(' ')} ended early: ${complaint}`)))
  })
  return {
    child,
    url,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}
