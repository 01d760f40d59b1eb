import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** Waits until a process is gone; at once where it is already. */
export async function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  await once(child, 'exit')
}

/** Ends a process without asking, and waits until it is gone. */
export async function killHard(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await exitOf(child)
}
