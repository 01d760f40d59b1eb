import type { ChatDriver } from '../drivers/chat-driver.ts'
import { percentile } from '../lib/statistics.ts'

export interface PairsResult {
  messagesPerSecond: number
  /** Percentiles in ms: from the send to its acknowledgement, and to the other's arrival. */
  acknowledged: { p50: number; p99: number }
  delivered: { p50: number; p99: number }
}

const BODY = 'x'.repeat(120)

/** `pairs` conversations of two; each writer keeps `window` messages under way until it has sent `messages`. */
export async function measurePairs(
  driver: ChatDriver,
  { pairs = 100, messages = 200, window = 4 } = {},
): Promise<PairsResult> {
  const startedAt = new Map<string, number>()
  const acknowledged: number[] = []
  const delivered: number[] = []
  const total = pairs * messages
  const allDelivered = Promise.withResolvers<void>()
  const onDelivery = (key: string) => {
    const at = startedAt.get(key)
    if (at === undefined) return
    startedAt.delete(key)
    delivered.push(performance.now() - at)
    if (delivered.length === total) allDelivered.resolve()
  }
  const rooms = Array.from({ length: pairs }, (_, index) => `pair-${index}`)
  const clients = await Promise.all(
    rooms.map(async (room) => {
      const writer = await driver.connect(`writer-${room}`, [room], () => undefined)
      const reader = await driver.connect(`reader-${room}`, [room], onDelivery)
      return { room, writer, reader }
    }),
  )
  const begin = performance.now()
  await Promise.all(
    clients.map(async ({ room, writer }) => {
      let next = 0
      const worker = async () => {
        while (next < messages) {
          const key = `${room}-${next++}`
          const at = performance.now()
          startedAt.set(key, at)
          await writer.send(room, key, BODY)
          acknowledged.push(performance.now() - at)
        }
      }
      await Promise.all(Array.from({ length: window }, worker))
    }),
  )
  await allDelivered.promise
  const seconds = (performance.now() - begin) / 1000
  for (const { writer, reader } of clients) {
    writer.close()
    reader.close()
  }
  return {
    messagesPerSecond: total / seconds,
    acknowledged: { p50: percentile(acknowledged, 0.5), p99: percentile(acknowledged, 0.99) },
    delivered: { p50: percentile(delivered, 0.5), p99: percentile(delivered, 0.99) },
  }
}
