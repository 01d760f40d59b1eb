import { describe, expect, test } from 'vitest'
import { newUser, type OpenStore, START, useStore } from './fixture.ts'

const hash = (byte: number): Uint8Array => new Uint8Array(32).fill(byte)

/** Users and sessions. */
export function accountsContract(open: OpenStore): void {
  describe('accounts', () => {
    const fixture = useStore(open)

    test('a username is taken once, however it is written, also by two at the same moment', async () => {
      const twins = await Promise.all([
        fixture.store.createUser({ ...newUser('Eve'), id: 'eve1' }),
        fixture.store.createUser({ ...newUser('eve'), id: 'eve2' }),
      ])
      expect(twins.sort()).toEqual([false, true])
      const stored = await fixture.store.credentials('eve')
      expect(stored).toMatchObject({ passwordHash: expect.stringContaining('hash of') })
      expect(await fixture.store.heads(['user:eve1', 'user:eve2'])).toEqual(
        new Map([[`user:${stored?.user.id}`, 0]]),
      )
    })

    test('[V19] a name that looks like one that is taken is taken, also by two at the same moment', async () => {
      const twins = ['mod1', 'modl', 'Modl', 'mоd1', 'MODI']
      const made = await Promise.all(
        twins.map((name, i) => fixture.store.createUser({ ...newUser(name), id: `mod${i}` })),
      )
      expect(made.filter(Boolean)).toHaveLength(1)
      for (const [i, name] of twins.entries()) {
        expect(await fixture.store.createUser({ ...newUser(name), id: `again${i}` })).toBe(false)
      }
      expect(await fixture.store.createUser({ ...newUser('mod2'), id: 'mod2' })).toBe(true)
      await fixture.reopen()
      expect(await fixture.store.createUser({ ...newUser('modl'), id: 'later' })).toBe(false)
    })

    test('credentials are those of the name, or null', async () => {
      const user = { id: 'ann', username: 'ann', displayName: 'ann display' }
      expect(await fixture.store.credentials('ann')).toEqual({ user, passwordHash: 'hash of ann' })
      expect(await fixture.store.credentials('nobody')).toBeNull()
      expect(await fixture.store.credentials('nul\u0000')).toBeNull()
    })

    test('a session holds until it expires, is extended or revoked', async () => {
      const tokenHash = hash(1)
      const session = { tokenHash, user: 'ann', createdAt: START, expiresAt: START + 1000 }
      await fixture.store.createSession(session)
      const row = { user: { id: 'ann', username: 'ann', displayName: 'ann display' } }
      expect(await fixture.store.session(tokenHash, START + 999)).toEqual({
        ...row,
        expiresAt: START + 1000,
      })
      expect(await fixture.store.session(tokenHash, START + 1000)).toBeNull()
      await fixture.store.extendSession(tokenHash, START + 5000)
      expect(await fixture.store.session(tokenHash, START + 1000)).toEqual({
        ...row,
        expiresAt: START + 5000,
      })
      expect(await fixture.store.deleteSession(tokenHash)).toBe(true)
      expect(await fixture.store.deleteSession(tokenHash)).toBe(false)
      expect(await fixture.store.session(tokenHash, START)).toBeNull()
      expect(await fixture.store.session(hash(9), START)).toBeNull()
    })

    test('expired sessions are deleted some at a time, and only they', async () => {
      for (let i = 0; i < 5; i += 1) {
        const expiresAt = START + (i < 4 ? 10 : 100)
        const tokenHash = hash(100 + i)
        await fixture.store.createSession({ tokenHash, user: 'bob', createdAt: START, expiresAt })
      }
      expect(await fixture.store.deleteExpiredSessions(START + 50, 3)).toBe(3)
      expect(await fixture.store.deleteExpiredSessions(START + 50, 3)).toBe(1)
      expect(await fixture.store.deleteExpiredSessions(START + 50, 3)).toBe(0)
      expect(await fixture.store.session(hash(104), START + 50)).not.toBeNull()
    })

    test('the database keeps its instance, and what is in it, when it is opened again', async () => {
      const { instance } = fixture.store
      expect(instance).not.toBe('')
      await fixture.reopen()
      expect(fixture.store.instance).toBe(instance)
      expect(await fixture.store.credentials('ann')).not.toBeNull()
      await fixture.store.probe()
    })
  })
}
