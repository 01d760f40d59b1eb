/** What both ends tell one another in hello of how much of the protocol they know [G1, G2]; docs/protocol.md has the history. */

/**
 * Version of the wire protocol; it grows when a peer of the version before could misread us. 1: before versions were told.
 * 2: hello tells them; events, fields, values and pushes that are not known are kept or passed over.
 */
export const PROTOCOL_VERSION = 2

/** The oldest client that this server still understands; an older one gets `client_too_old`. */
export const MIN_CLIENT_PROTOCOL = 1

/** What this version can beyond the first: `ordered`: `after` in changes; `receipts`: delivered and receipts. */
export const FEATURES = ['ordered', 'receipts'] as const
export type Feature = (typeof FEATURES)[number]

/** Version of a peer that does not tell one. */
export const FIRST_PROTOCOL = 1

/** What a peer can; of one that has not spoken yet, or does not name what it can, all that this version can is thought. */
export function featuresOf(
  peer: { readonly protocol: number; readonly features: readonly string[] } | null,
): readonly string[] {
  return peer === null || peer.protocol === FIRST_PROTOCOL ? FEATURES : peer.features
}
