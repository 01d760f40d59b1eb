import { hash, verify } from '@node-rs/argon2'

export interface Passwords {
  hash(password: string): Promise<string>
  /** Takes as long without a hash (there is no such user) as with one, and is false then. */
  verify(passwordHash: string | null, password: string): Promise<boolean>
}

/**
 * Passwords as argon2id (19 MiB, 2 passes: OWASP's recommendation, which is the library's default), off the event loop.
 * Each call takes that memory and a thread: callers bound how many run.
 */
export async function createPasswords(): Promise<Passwords> {
  const nobody = await hash('nobody has this password')
  return {
    hash: (password) => hash(password),
    verify: async (passwordHash, password) => {
      const matches = await verify(passwordHash ?? nobody, password)
      return matches && passwordHash !== null
    },
  }
}
