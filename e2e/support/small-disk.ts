import { execFile } from 'node:child_process'
import { appendFileSync, rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const SIZE_MIB = 64
/** What is written at a time: first much, then the last page. */
const PIECES_BYTES = [1024 * 1024, 4096] as const

/** A real disk of 64 MiB in memory, mounted on a folder, that can be filled to its last byte. Linux only. */
export class SmallDisk {
  readonly #folder: string
  readonly #ballast: string

  private constructor(folder: string) {
    this.#folder = folder
    this.#ballast = join(folder, 'ballast')
  }

  /** Mounts one on this folder, which is made; it takes root, or sudo without a password (as on hosted CI). */
  static async mount(folder: string): Promise<SmallDisk> {
    await mkdir(folder, { recursive: true })
    const options = `size=${SIZE_MIB}m,mode=0700,uid=${process.getuid?.() ?? 0}`
    await asRoot(['mount', '-t', 'tmpfs', '-o', options, 'tmpfs', folder])
    return new SmallDisk(folder)
  }

  /** Leaves no room for another page. */
  fill(): void {
    for (const bytes of PIECES_BYTES) {
      const piece = Buffer.alloc(bytes)
      while (hasRoomFor(this.#ballast, piece));
    }
  }

  /** There is room again. */
  clear(): void {
    rmSync(this.#ballast)
  }

  /** Whoever still has a file open on it keeps it until then. */
  async unmount(): Promise<void> {
    await asRoot(['umount', '--lazy', this.#folder])
  }
}

function hasRoomFor(file: string, piece: Buffer): boolean {
  try {
    appendFileSync(file, piece)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false
    throw error
  }
}

async function asRoot(command: readonly [string, ...string[]]): Promise<void> {
  const [program, ...args] =
    process.getuid?.() === 0 ? command : (['sudo', '--non-interactive', ...command] as const)
  try {
    await run(program, args)
  } catch (error) {
    throw new Error('a small disk takes the right to mount: root, or sudo without a password', {
      cause: error,
    })
  }
}
