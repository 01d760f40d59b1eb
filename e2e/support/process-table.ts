import { execFileSync } from 'node:child_process'

interface Process {
  readonly pid: number
  readonly parent: number
  readonly state: string
  readonly command: string
}

/** The processes of this machine, by `ps`. */
function processes(): Process[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid=,stat=,args='], {
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  })
  return table.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line)
    if (match === null) return []
    const [, pid, parent, state = '', command = ''] = match
    return [{ pid: Number(pid), parent: Number(parent), state, command }]
  })
}

/** Whether a process is there, and not only its name (a zombie whose parent has not looked yet). */
export function isRunning(pid: number): boolean {
  return processes().some((process) => process.pid === pid && !process.state.startsWith('Z'))
}

/** The pid of the sync server that an app runs: its only Node utility process. */
export function serverProcessOf(app: number): number {
  const all = processes()
  const isBelow = (pid: number): boolean => {
    const process = all.find((candidate) => candidate.pid === pid)
    if (process === undefined) return false
    return process.parent === app || isBelow(process.parent)
  }
  const found = all.filter(
    ({ pid, command }) => command.includes('node.mojom.NodeService') && isBelow(pid),
  )
  if (found[0] === undefined || found.length > 1) {
    throw new Error(`the app runs ${found.length} servers`)
  }
  return found[0].pid
}
