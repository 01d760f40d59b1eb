import { readdirSync, readFileSync } from 'node:fs'

/**
 * Memory of a process and all its descendants, in MiB: the proportional set size of each, so that what they share
 * counts once. Linux only.
 */
export function treeMemory(pid: number): number {
  return kibibytes(pid, childrenByParent()) / 1024
}

function kibibytes(pid: number, children: ReadonlyMap<number, readonly number[]>): number {
  const below = (children.get(pid) ?? []).map((child) => kibibytes(child, children))
  return below.reduce((sum, part) => sum + part, proportionalSize(pid))
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const parent = Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${name}/status`))?.[1] ?? 0)
    children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  return children
}

function proportionalSize(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0)
}

/** Empty for a process that has ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error) return ''
    throw error
  }
}
