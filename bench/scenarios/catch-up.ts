import type { ChatDriver } from '../drivers/chat-driver.ts'

const BODY = 'x'.repeat(120)

/** A client that missed `messages` comes back: ms from its connection to the last of them. */
export async function measureCatchUp(
  driver: ChatDriver,
  { messages = 10_000, window = 64 } = {},
): Promise<{ milliseconds: number }> {
  const writer = await driver.connect('late-writer', ['late-room'], () => undefined)
  let next = 0
  const worker = async () => {
    while (next < messages) await writer.send('late-room', `late-${next++}`, BODY)
  }
  await Promise.all(Array.from({ length: window }, worker))
  const missing = new Set(Array.from({ length: messages }, (_, index) => `late-${index}`))
  const allArrived = Promise.withResolvers<void>()
  const begin = performance.now()
  const onDelivery = (key: string) => {
    missing.delete(key)
    if (missing.size === 0) allArrived.resolve()
  }
  const reader = await driver.connect('late-reader', ['late-room'], onDelivery, { fromStart: true })
  await allArrived.promise
  const milliseconds = performance.now() - begin
  writer.close()
  reader.close()
  return { milliseconds }
}
