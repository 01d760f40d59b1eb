/**
 * Stands for all that this version knows of the wire: SHA-256 over the JSON schemas of every request, reply, push, event
 * and error (main/net/wire-digest.test.ts says the new one when a schema changes, and with it docs/protocol.md). A client that finds
 * another one in its profile reads again what an older version kept [G1].
 */
export const WIRE_DIGEST = '52789361cf33aae0ef468474eb7b467f'
