import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The renderer alone, with made-up data: `vite --config renderer/dev/vite.config.ts`. */
export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  plugins: [react()],
})
