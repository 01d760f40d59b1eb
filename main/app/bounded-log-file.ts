import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** A log that cannot fill the disk: when it is full it becomes `<path>.1`, and a new one begins. */
export interface BoundedLogFile {
  /** Appends one line (its newline included), at once, so that a crash right after loses nothing. */
  write(line: string): void
  close(): void
}

/**
 * Opens the log at `path`, of `maxBytes` at most, one predecessor kept. A log must never stop the app: when the disk
 * is full or the folder is gone, lines are dropped until a write works again, and `onFailure` is told once per failure
 * in a row.
 */
export function openBoundedLogFile(
  path: string,
  maxBytes: number,
  onFailure: (error: unknown) => void,
): BoundedLogFile {
  let file: { descriptor: number; bytes: number } | null = null
  let failing = false

  const open = () => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const descriptor = openSync(path, 'a', 0o600)
    return { descriptor, bytes: fstatSync(descriptor).size }
  }

  const close = () => {
    if (file === null) return
    const { descriptor } = file
    file = null
    closeSync(descriptor)
  }

  const append = (line: string) => {
    const bytes = Buffer.byteLength(line)
    file ??= open()
    if (file.bytes > 0 && file.bytes + bytes > maxBytes) {
      close()
      renameSync(path, `${path}.1`)
      file = open()
    }
    writeSync(file.descriptor, line)
    file.bytes += bytes
  }

  return {
    write(line) {
      try {
        append(line)
        failing = false
      } catch (error) {
        if (!failing) onFailure(error)
        failing = true
      }
    },
    close,
  }
}
