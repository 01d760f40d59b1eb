/** What every system under measurement can do; a scenario knows nothing else of it. */
export interface ChatDriver {
  readonly name: string
  /**
   * Joins `rooms` as `user`. With `fromStart`, everything that was ever written in them is delivered first.
   * `onMessage` is called with the key of each message that arrives.
   */
  connect(
    user: string,
    rooms: readonly string[],
    onMessage: (key: string) => void,
    options?: { fromStart: boolean },
  ): Promise<ChatClient>
}

export interface ChatClient {
  /** Resolves when the system has acknowledged the message: durably, where it stores at all. */
  send(room: string, key: string, body: string): Promise<void>
  close(): void
}
