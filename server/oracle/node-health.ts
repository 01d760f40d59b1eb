import { z } from 'zod'
import type { World } from './world.ts'

const Health = z.object({ status: z.string(), relayLag: z.number() })

/** What /healthz of a node says, with the HTTP status. */
export async function healthOf(url: string): Promise<z.infer<typeof Health> & { http: number }> {
  const response = await fetch(`${url}/healthz`)
  return { http: response.status, ...Health.parse(await response.json()) }
}

/** Asks every node again and again, until each has said this. */
export async function untilHealth({ nodes }: World, status: string): Promise<void> {
  for (const { url } of nodes) while ((await healthOf(url)).status !== status);
}

/** The sum of all counters of a node's /metrics whose line begins with `name`. */
export async function countedBy(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  let total = 0
  for (const line of text.split('\n')) {
    if (line.startsWith(name)) total += Number(line.split(' ').at(-1))
  }
  return total
}
