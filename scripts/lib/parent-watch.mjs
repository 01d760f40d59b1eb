const POLL_MS = 250

/**
 * Under `npm run` a shell stands between npm and us. npm passes a SIGTERM on to the shell, which dies of it without
 * telling anyone; so the shell's end counts as the signal. Started otherwise, our parent may come and go.
 * @param {NodeJS.ProcessEnv} env
 */
export function endWithNpm({ npm_lifecycle_event: script }) {
  if (script === undefined || process.platform === 'win32') return
  const first = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === first) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, POLL_MS)
  timer.unref()
}
