import { safeStorage } from 'electron'
import type { SecretBox } from '../engine/ports.ts'

/** First byte of what is sealed: how it was sealed, so that a keyring that comes or goes is noticed. */
const PLAIN = 0
const SEALED = 1

/**
 * Seals with the system's keyring. Where there is none (on Linux also where Electron's stand-in would be a constant
 * key) the text is kept as it is, in a database that only its user can read. The keyring is asked at the first use, as
 * it may be slow to answer.
 */
export function createSecretBox(): SecretBox {
  return {
    seal(plain) {
      return hasKeyring()
        ? Buffer.concat([Buffer.of(SEALED), safeStorage.encryptString(plain)])
        : Buffer.concat([Buffer.of(PLAIN), Buffer.from(plain, 'utf8')])
    },
    open(sealed) {
      const [kind] = sealed
      const content = Buffer.from(sealed.subarray(1))
      if (kind === PLAIN) return content.toString('utf8')
      if (kind !== SEALED || !hasKeyring()) return null
      try {
        return safeStorage.decryptString(content)
      } catch {
        // Sealed by another key, or damaged: the port's answer for both is null.
        return null
      }
    },
  }
}

function hasKeyring(): boolean {
  return (
    safeStorage.isEncryptionAvailable() &&
    (process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text')
  )
}
