import { readFileSync } from 'node:fs'
import { own } from '../../protocol/own.ts'

const APP_SECRET = 'FERRY_APP_SECRET'

/** What is not for everybody's eyes: a command line can be read by every user of the machine, an environment cannot. */
export interface Secrets {
  readonly database: string | undefined
  readonly redis: string | undefined
  /** From the app that started this server for itself. */
  readonly appSecret: string | null
}

/** The environment asks for something that is not there. The message is one line, without what was in the variable. */
export class BadEnvironment extends Error {
  override readonly name = 'BadEnvironment'
}

/** A variable, or what the file holds that its `_FILE` names (as services get their secrets). Empty is unset. */
function secretOf(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const file = own(environment, `${name}_FILE`)
  const value = own(environment, name) || undefined
  if (!file) return value
  if (value !== undefined) throw new BadEnvironment(`${name} and ${name}_FILE are both set`)
  const held = contentsOf(file, name)
  // A secret that was never written is a mistake, and no wish to go without.
  if (held === '') throw new BadEnvironment(`${name}_FILE: ${file} is empty`)
  return held
}

function contentsOf(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new BadEnvironment(`${name}_FILE: ${file} cannot be read`, { cause: error })
  }
}

/**
 * Reads the secrets.
 *
 * @throws BadEnvironment
 */
export function readSecrets(environment: NodeJS.ProcessEnv): Secrets {
  return {
    database: secretOf(environment, 'FERRY_DATABASE'),
    redis: secretOf(environment, 'FERRY_REDIS'),
    appSecret: own(environment, APP_SECRET) || null,
  }
}
