import { resolve } from 'node:path'
import { defineConfig } from 'vite'
import { nodeBundle } from './scripts/lib/node-bundle.mjs'
import { thirdPartyNotices } from './scripts/lib/third-party-notices.mjs'

/** The sync server, which runs in Node 20 and later, and in Electron's utility process. */
export default defineConfig({
  publicDir: false,
  plugins: [
    thirdPartyNotices({
      root: import.meta.dirname,
      beside: ['better-sqlite3', '@node-rs/argon2'],
      texts: ['resources/licenses/unicode-data.txt'],
    }),
  ],
  // All of it goes into the bundle, so that the packed app carries no folder of packages for it.
  ssr: {
    noExternal: true,
    resolve: { conditions: ['node', 'module'], mainFields: ['module', 'main'] },
  },
  build: {
    ...nodeBundle({ entry: 'server/main.ts', file: 'main.cjs', external: [] }),
    outDir: resolve(import.meta.dirname, 'out/server'),
    ssr: true,
    emptyOutDir: true,
    reportCompressedSize: false,
  },
})
