import { createHash, randomBytes } from 'node:crypto'

const TOKEN_BYTES = 32

/** A fresh bearer token: 256 random bits. Given out once, and never stored. */
export function createToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url')
}

/** What is stored of a token. It has as many random bits as the hash, so a fast hash is enough. */
export function hashToken(token: string): Uint8Array {
  return createHash('sha256').update(token).digest()
}
