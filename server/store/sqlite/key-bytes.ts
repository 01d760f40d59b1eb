/** The 16 bytes of a UUID: half of what its text takes, and one value however it is written. */
export function keyBytes(key: string): Uint8Array {
  return Buffer.from(key.replaceAll('-', ''), 'hex')
}
