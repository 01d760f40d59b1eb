import path from 'node:path'

/**
 * How to call npm: the very npm that runs us, by the Node that runs it, so that neither an npm shim on PATH nor
 * node_modules/.bin/node (which `npm ci` is about to replace) comes in between.
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 * @returns {{ command: string, prefix: string[] }}
 */
export function npmCommand(env, platform) {
  const { npm_execpath: script, npm_node_execpath: node } = env
  if (script !== undefined && path.basename(script) === 'npm-cli.js') {
    return { command: node ?? 'node', prefix: [script] }
  }
  if (platform === 'win32') return { command: 'cmd.exe', prefix: ['/d', '/s', '/c', 'npm'] }
  return { command: 'npm', prefix: [] }
}

/**
 * The environment for npm and for whatever must not see our own Node: PATH without node_modules/.bin folders, and
 * without the settings that an outer `npm --silent` or `npm run` passes down.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function outerEnvironment(env) {
  const bin = path.join('node_modules', '.bin')
  const result = { ...env }
  for (const key of Object.keys(result)) {
    if (key.toLowerCase() === 'path') {
      result[key] = (result[key] ?? '')
        .split(path.delimiter)
        .filter((folder) => !folder.endsWith(bin))
        .join(path.delimiter)
    }
    if (/^npm_config_(loglevel|progress|dry_run|ignore_scripts)$/i.test(key)) delete result[key]
  }
  return result
}
