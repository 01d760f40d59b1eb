/**
 * `node scripts/check-sources.mjs imports|house`: who may import whom, and what no source may contain. Prints what
 * is wrong, a line each, and exits 1.
 */
import { breaches } from './lib/house-rules.mjs'
import { findViolations } from './lib/import-rules.mjs'
import { bareNames } from './lib/isolated-names.mjs'
import { importsOf } from './lib/module-imports.mjs'
import { openKeys } from './lib/open-keys.mjs'
import { readSources } from './lib/source-files.mjs'

const sources = await readSources()
const wrong =
  process.argv[2] === 'imports'
    ? findViolations(
        new Map([...sources].map(([file, text]) => [file, importsOf(text, langOf(file))])),
      )
    : [...sources].flatMap(([file, text]) => [
        ...breaches(file, text),
        ...openKeys(file, text),
        ...bareNames(file, text),
      ])

for (const line of wrong) process.stdout.write(`${line}\n`)
if (wrong.length > 0) process.exitCode = 1
else process.stdout.write(`${sources.size} files, nothing wrong\n`)

/** @param {string} file */
function langOf(file) {
  if (file.endsWith('.tsx')) return 'tsx'
  return file.endsWith('.ts') ? 'ts' : 'js'
}
