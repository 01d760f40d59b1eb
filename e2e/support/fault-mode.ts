/** What the line does to the bytes on it. */
export type FaultMode =
  | { readonly kind: 'pass' }
  /** Open connections are reset, and so is every new one. */
  | { readonly kind: 'cut' }
  /** What the client writes arrives; what the server answers is swallowed. */
  | { readonly kind: 'mute' }
  /** Half-open: everything is swallowed, in both directions, and nobody is told of an end. */
  | { readonly kind: 'black-hole' }
  /** Everything waits, nothing is lost, until the line passes again. */
  | { readonly kind: 'freeze' }
  /** Both directions, each connection for itself. */
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }

export type Direction = 'to-server' | 'to-client'

/** What becomes of bytes that arrive on a line in this mode. */
export type Treatment = 'forward' | 'swallow' | 'hold' | 'throttle'

/** The table of the modes that leave a connection open. */
export function treatmentOf(mode: FaultMode, direction: Direction): Treatment {
  switch (mode.kind) {
    case 'pass':
    case 'cut':
      return 'forward'
    case 'mute':
      return direction === 'to-client' ? 'swallow' : 'forward'
    case 'black-hole':
      return 'swallow'
    case 'freeze':
      return 'hold'
    case 'slow':
      return 'throttle'
  }
}
