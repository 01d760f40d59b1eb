import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { nodeBundle } from './scripts/lib/node-bundle.mjs'
import { thirdPartyNotices } from './scripts/lib/third-party-notices.mjs'

const root = import.meta.dirname

/**
 * What runs inside Electron. The server has a config of its own (vite.server.config.ts), so that in development a
 * change to it restarts the server and not the app.
 */
export default defineConfig({
  main: {
    plugins: [thirdPartyNotices({ root })],
    // Split: the window comes first, and what it does not need is loaded while its page is.
    build: nodeBundle({
      entry: 'main/app/index.ts',
      file: 'index.cjs',
      external: [/^electron/],
      split: true,
      threads: { 'wal-thread': 'main/store/wal-thread.ts' },
    }),
  },
  preload: {
    plugins: [thirdPartyNotices({ root })],
    build: nodeBundle({ entry: 'preload/index.ts', file: 'index.cjs', external: [/^electron/] }),
  },
  renderer: {
    root: resolve(root, 'renderer'),
    plugins: [react(), thirdPartyNotices({ root })],
    build: {
      outDir: resolve(root, 'out/renderer'),
      target: 'chrome130',
      minify: true,
      rolldownOptions: { input: resolve(root, 'renderer/index.html') },
    },
    server: { host: '127.0.0.1' },
  },
})
