import { z } from 'zod'

/** What the server says, on stdout and to its parent, once it takes connections (contract.md section 1). */
export const ListeningMessage = z.object({
  event: z.literal('listening'),
  url: z.url({ protocol: /^http$/, hostname: /^127\.0\.0\.1$/ }),
})
export type ListeningMessage = z.infer<typeof ListeningMessage>

/** What asks it to stop: like SIGTERM, also where there are no signals. */
export const SHUTDOWN_MESSAGE = { type: 'shutdown' } as const
