import { readdirSync, readFileSync } from 'node:fs'

/**
 * Memory of a process and all its descendants, in MiB: the proportional set size of each, so that what they share
 * counts once. Linux only.
 */
export function treeMemory(pid: number): number {
  return kibibytes(pid, childrenByParent()) / 1024
}

/**
 * What a process alone has written to, in MiB: unlike its proportional size that does not change with how many other
 * programs have the same files mapped. Linux only.
 */
export function privateMemory(pid: number): number {
  return rollup(pid, 'Private_Dirty') / 1024
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
  return rollup(pid, 'Pss')
}

/** A line of the sum over all mappings of a process, in KiB; 0 once it has ended. */
function rollup(pid: number, name: 'Pss' | 'Private_Dirty'): number {
  const line = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(read(`/proc/${pid}/smaps_rollup`))
  return Number(line?.[1] ?? 0)
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
