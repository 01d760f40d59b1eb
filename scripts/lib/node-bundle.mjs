import { builtinModules } from 'node:module'
import path from 'node:path'

/**
 * What stays a package beside the bundles: the native addons, and the optional ones that some libraries look for
 * and do without.
 */
const EXTERNAL = [
  'better-sqlite3',
  '@node-rs/argon2',
  'bufferutil',
  'utf-8-validate',
  'pg-native',
  ...builtinModules.flatMap((name) => [name, `node:${name}`]),
]

/**
 * Vite's build options for CommonJS that runs in Node 20 (Electron 33) and everything later. One file, because loading
 * it is then one read; with `split`, what is imported dynamically becomes a file of its own beside it, read when it is
 * wanted; `threads` are scripts of worker threads beside it, by name. Readable, because its stack traces end in logs.
 * @param {{ entry: string, file: string, external: (string | RegExp)[], split?: boolean, threads?: Record<string, string> }} bundle
 * @returns {import('vite').BuildEnvironmentOptions}
 */
export function nodeBundle({ entry, file, external, split = false, threads = {} }) {
  return {
    target: 'node20.18',
    minify: false,
    sourcemap: false,
    rolldownOptions: {
      input: { [path.parse(file).name]: entry, ...threads },
      external: [...EXTERNAL, ...external],
      output: {
        format: 'cjs',
        entryFileNames: '[name].cjs',
        ...(split ? { chunkFileNames: '[name].cjs' } : { codeSplitting: false }),
      },
    },
  }
}
