import { join } from 'node:path'

/** Where the built parts and resources of the app are. */
export interface AppPaths {
  readonly preload: string
  readonly renderer: string
  readonly server: string
  /** The thread that copies the write-ahead log. */
  readonly walThread: string
  /** Of the window. Small: it is decoded and handed to the system before the window is there. */
  readonly icon: string
}

/** Paths below the app's folder (or its archive). */
export function appPaths(appFolder: string): AppPaths {
  const out = join(appFolder, 'out')
  return {
    preload: join(out, 'preload', 'index.cjs'),
    renderer: join(out, 'renderer'),
    server: join(out, 'server', 'main.cjs'),
    walThread: join(out, 'main', 'wal-thread.cjs'),
    icon: join(appFolder, 'resources', 'icons', '128x128.png'),
  }
}
