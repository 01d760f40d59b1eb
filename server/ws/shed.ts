/**
 * Which connections have to go so that no more than `limit` bytes wait for all of them together: the heaviest first,
 * because each is one that does not read, while what waits for the others is on its way [V7].
 */
export function toShed<T>(
  connections: Iterable<T>,
  waitingFor: (connection: T) => number,
  limit: number,
): T[] {
  let total = 0
  const heavy: { connection: T; bytes: number }[] = []
  for (const connection of connections) {
    const bytes = waitingFor(connection)
    total += bytes
    if (bytes > 0) heavy.push({ connection, bytes })
  }
  if (total <= limit) return []
  heavy.sort((a, b) => b.bytes - a.bytes)
  const shed: T[] = []
  for (const { connection, bytes } of heavy) {
    if (total <= limit) break
    total -= bytes
    shed.push(connection)
  }
  return shed
}
