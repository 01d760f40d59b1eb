/** How this start differs from a plain one, read once from the command line and the environment. */
export interface LaunchOptions {
  /** FERRY_SERVER_URL, used instead of the bundled server. */
  readonly serverUrlOverride: string | null
  /** Set in development: the address of the renderer's dev server. */
  readonly devServerUrl: string | null
  /** For measuring: print `PAINTED <epoch ms>` at the first painted frame, and perhaps quit then. */
  readonly reportPainted: 'no' | 'print' | 'print-and-quit'
}

/** The part of the environment that is read. */
export interface LaunchEnvironment {
  readonly FERRY_SERVER_URL?: string | undefined
  readonly ELECTRON_RENDERER_URL?: string | undefined
  readonly FERRY_REPORT_PAINTED?: string | undefined
}

/** A setting from outside that cannot be used. `name` says which; the message says what would fit. */
export class BadLaunchOption extends Error {
  override readonly name = 'BadLaunchOption'
}

/** Longest address that is taken, in characters. */
const MAX_URL_LENGTH = 2048

/**
 * Reads `--report-painted[=quit]`, FERRY_REPORT_PAINTED (`1` or `quit`), FERRY_SERVER_URL and, only where `packaged`
 * is false, ELECTRON_RENDERER_URL. Throws BadLaunchOption for an address that is none.
 */
export function readLaunchOptions(
  argv: readonly string[],
  env: LaunchEnvironment,
  packaged: boolean,
): LaunchOptions {
  return {
    serverUrlOverride: readUrl(env, 'FERRY_SERVER_URL'),
    devServerUrl: packaged ? null : readUrl(env, 'ELECTRON_RENDERER_URL'),
    reportPainted: readReportPainted(argv, env),
  }
}

function readUrl(
  env: LaunchEnvironment,
  name: 'FERRY_SERVER_URL' | 'ELECTRON_RENDERER_URL',
): string | null {
  const value = env[name]?.trim()
  if (value === undefined || value === '') return null
  if (!isHttpUrl(value)) {
    throw new BadLaunchOption(`${name} must be an address like https://chat.example.org`)
  }
  return value.replace(/\/+$/, '')
}

/** Checked by hand: this runs before the window is made, and loading the schemas would delay it. */
function isHttpUrl(value: string): boolean {
  if (value.length > MAX_URL_LENGTH || !URL.canParse(value)) return false
  return ['http:', 'https:'].includes(new URL(value).protocol)
}

function readReportPainted(
  argv: readonly string[],
  env: LaunchEnvironment,
): LaunchOptions['reportPainted'] {
  const fromEnv = env.FERRY_REPORT_PAINTED
  if (argv.includes('--report-painted=quit') || fromEnv === 'quit') return 'print-and-quit'
  if (argv.includes('--report-painted') || (fromEnv !== undefined && fromEnv !== '')) return 'print'
  return 'no'
}
