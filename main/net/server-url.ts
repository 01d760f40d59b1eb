/** Whether an address can be connected to at all. */
export function isServerUrl(serverUrl: string): boolean {
  return URL.canParse(serverUrl) && /^https?:$/.test(new URL(serverUrl).protocol)
}

/** Where the socket of a server is, given its base address. */
export function socketUrl(serverUrl: string): string {
  const url = new URL(serverUrl)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/socket`
  return url.href
}
