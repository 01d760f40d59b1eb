import { hash } from 'node:crypto'
import type { ChangeOp, Wish } from '../domain/command.ts'
import { canonicalContent } from '../domain/content.ts'

/** SHA-256 of what makes two requests with one key the same request [V4]: 32 bytes. */
export function fingerprintOf<O extends ChangeOp>(op: O, request: Wish<O>): Buffer {
  return Buffer.from(hash('sha256', canonicalContent(op, request), 'hex'), 'hex')
}
