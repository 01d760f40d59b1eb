import { performance } from 'node:perf_hooks'
import { transportFactory } from '../../net/transport.ts'
import { createEngine } from '../engine.ts'
import type { Engine } from '../engine-api.ts'
import type { HostPorts } from '../ports.ts'

const USER = { id: 'me', username: 'me', displayName: 'Me' }
const none = () => undefined

/** A computer with a real clock and a real disk, without a server of its own and without a keyring. */
export function realHost(profileDir: string, other: Partial<HostPorts> = {}): HostPorts {
  return {
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    timers: {
      set(delayMs, callback) {
        const timer = setTimeout(callback, delayMs)
        return () => clearTimeout(timer)
      },
      defer(callback) {
        const immediate = setImmediate(callback)
        return () => clearImmediate(immediate)
      },
    },
    random: () => 0,
    bundledServer: {
      start: () => Promise.reject(new Error('none here')),
      stop: async () => undefined,
      database: '',
      setDataAside: async () => undefined,
      onUnexpectedExit: () => none,
    },
    secretBox: {
      seal: (plain) => new TextEncoder().encode(plain),
      open: (sealed) => new TextDecoder().decode(sealed),
    },
    serverUrlOverride: null,
    profileDir,
    logger: { debug: none, info: none, warn: none, error: none },
    platform: 'linux',
    ...other,
  }
}

/** An engine on such a computer with a real line; whoever signs in is `me`. */
export function realEngine(profileDir: string): Engine {
  const host = realHost(profileDir)
  const { clock, timers, random } = host
  const session = { token: 'token', expiresAt: '2036-01-01T00:00:00.000Z', user: USER }
  const refuse = async () => ({ ok: false as const, failure: { kind: 'timeout' as const } })
  const accounts = { createAccount: refuse, deleteSession: refuse }
  return createEngine(host, {
    network: {
      transport: transportFactory({ clock, timers, random, report: none }),
      accounts: { ...accounts, createSession: async () => ({ ok: true, value: session }) },
    },
  })
}
