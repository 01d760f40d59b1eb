import { hash, verify } from '@node-rs/argon2'

export interface Passwords {
  hash(password: string): Promise<string>
  /** Takes as long without a hash (there is no such user) as with one, and is false then. */
  verify(passwordHash: string | null, password: string): Promise<boolean>
}

/**
 * Passwords as argon2id (19 MiB, 2 passes: OWASP's recommendation, which is the library's default), off the event loop.
 * Each call takes that memory and a thread: callers bound how many run.
 *
 * One password can be typed in several forms (é as one character or as two, a blank that does not break), as the
 * keyboard has it. It is hashed in one (OpaqueString of RFC 8265); hashes of before were made of whatever was typed then.
 */
export async function createPasswords(): Promise<Passwords> {
  const nobody = await hash('nobody has this password')
  return {
    hash: (password) => hash(prepared(password)),
    verify: async (passwordHash, password) => {
      let matches = false
      for (const form of formsOf(password)) {
        matches ||= await verify(passwordHash ?? nobody, form)
      }
      return matches && passwordHash !== null
    },
  }
}

/** The forms that a password may have been hashed in; one for most. */
function formsOf(password: string): ReadonlySet<string> {
  const forms = [prepared(password), password.normalize('NFC'), password, password.normalize('NFD')]
  return new Set(forms)
}

function prepared(password: string): string {
  return password.replace(/\p{Zs}/gu, ' ').normalize('NFC')
}
