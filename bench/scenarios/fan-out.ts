import type { ChatDriver } from '../drivers/chat-driver.ts'

const BODY = 'x'.repeat(120)

/** One writer, `members` readers of one room: deliveries a second. */
export async function measureFanOut(
  driver: ChatDriver,
  { members = 200, messages = 500, window = 4 } = {},
): Promise<{ deliveriesPerSecond: number }> {
  const total = members * messages
  let arrived = 0
  const allDelivered = Promise.withResolvers<void>()
  const onDelivery = (key: string) => {
    if (key.startsWith('fan-') && ++arrived === total) allDelivered.resolve()
  }
  const writer = await driver.connect('fan-writer', ['fan-room'], () => undefined)
  const readers = []
  for (let index = 0; index < members; index++) {
    readers.push(await driver.connect(`fan-reader-${index}`, ['fan-room'], onDelivery))
  }
  const begin = performance.now()
  let next = 0
  const worker = async () => {
    while (next < messages) await writer.send('fan-room', `fan-${next++}`, BODY)
  }
  await Promise.all(Array.from({ length: window }, worker))
  await allDelivered.promise
  const seconds = (performance.now() - begin) / 1000
  writer.close()
  for (const reader of readers) reader.close()
  return { deliveriesPerSecond: total / seconds }
}
