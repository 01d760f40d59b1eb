import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What lets root read and write files whose rights say otherwise. */
const OVERRIDES = '-dac_override,-dac_read_search'

/**
 * An executable that is Electron without root's right to pass over the rights of files; it is put into `folder`. For
 * everybody but root that is Electron itself.
 */
export function obeyingRights(electron: string, folder: string): string {
  if (process.getuid?.() !== 0) return electron
  const script = join(folder, 'electron-obeying-rights')
  const command = `setpriv --bounding-set=${OVERRIDES} --inh-caps=${OVERRIDES} '${electron}' "$@"`
  writeFileSync(script, `#!/bin/sh\nexec ${command}\n`)
  chmodSync(script, 0o700)
  return script
}
