import { beforeEach, expect, test } from 'vitest'
import { MemoryLog } from '../../test-support/memory-log.ts'
import { MemoryRedis } from '../../test-support/memory-redis.ts'
import { type CacheRefusal, StreamReader } from './stream-reader.ts'

let redis: MemoryRedis
let log: MemoryLog
let reader: StreamReader
let said: (CacheRefusal | 'cache' | 'heal' | 'other history')[]

beforeEach(async () => {
  redis = new MemoryRedis()
  log = new MemoryLog('x')
  said = []
  reader = new StreamReader(redis, log, {
    read: (from, refused) => void said.push(refused ?? (from === 'cache' ? 'cache' : 'away')),
    behind: () => void said.push('heal'),
    ahead: () => void said.push('other history'),
  })
  for (let n = 1; n <= 300; n++) await keep(log.send('room', `message ${n}`).entries)
})

async function keep(entries: Parameters<MemoryRedis['append']>[0]['entries']) {
  await redis.append({ stream: 'room', entries, erased: [], mode: 'append', delivered: true })
}

async function read(after: number, limit = 500, maxBytes = 1 << 20) {
  const page = await reader.readAfter({ stream: 'room', after, limit, maxBytes }, true)
  const seqs = page.entries.map(({ seq }) => seq)
  // Whatever it comes from, it follows the cursor without a gap.
  expect(seqs).toEqual(seqs.map((_, index) => after + 1 + index))
  return { ...page, seqs }
}

test('[V8] the cache serves a page that it holds whole', async () => {
  expect((await read(0)).seqs).toHaveLength(300)
  expect((await read(290)).seqs).toHaveLength(10)
  expect((await read(10, 7)).seqs).toHaveLength(7)
  expect((await read(0, 500, 1)).seqs).toEqual([1])
  expect(said).toEqual(['cache', 'cache', 'cache', 'cache'])
  expect(log.pagesRead).toBe(0)
})

test('[V8] a cursor at or beyond the head gets an empty page with the head', async () => {
  expect(await read(300)).toMatchObject({ entries: [], head: 300 })
  expect(await read(999)).toMatchObject({ entries: [], head: 300 })
})

test('[V9] a cursor older than what is kept is served from the database', async () => {
  await redis.trim('room', 100, { type: 'exact' })
  expect((await read(150)).seqs).toHaveLength(150)
  expect((await read(200)).seqs).toHaveLength(100)
  expect(said).toEqual(['gap', 'cache'])
})

test('[V8] a hole in the cache is not stepped over', async () => {
  redis.streams.get('room')?.delete(50)
  expect((await read(0)).seqs).toEqual(Array.from({ length: 49 }, (_, index) => index + 1))
  expect((await read(49)).seqs).toHaveLength(251)
  expect(said).toEqual(['cache', 'gap'])
})

test('[V8] a cache behind the database is not believed, and healed', async () => {
  log.send('room', 'not in Redis')
  const page = await read(0)
  expect(page.seqs).toHaveLength(301)
  expect(page.head).toBe(301)
  expect(said).toEqual(['heal', 'behind'])
})

test('[V8] a cache ahead of the database is of another history', async () => {
  log.rollBack('room', 200)
  expect((await read(100)).seqs).toHaveLength(100)
  expect(said).toEqual(['other history', 'ahead'])
})

test('[V8] Redis away or refusing: the database answers', async () => {
  redis.mood = 'away'
  expect((await read(0)).seqs).toHaveLength(300)
  redis.mood = 'refuses'
  expect((await read(0)).seqs).toHaveLength(300)
  expect(said).toEqual(['away', 'away'])
})

test('a failure of the store is not hidden', async () => {
  log.heads = () => Promise.reject(new Error('the database is away'))
  await expect(read(0)).rejects.toThrow('the database is away')
  // And the next one asks again.
  log.heads = async () => new Map([['room', 300]])
  expect((await read(0)).seqs).toHaveLength(300)
})

test('heads that are asked for in one turn are one query, and never an earlier one', async () => {
  let queries = 0
  const { heads } = log
  log.heads = (streams) => {
    queries += 1
    return heads.call(log, streams)
  }
  await Promise.all([read(0), read(10), read(20)])
  expect(queries).toBe(1)
  await keep(log.send('room', 'x').entries)
  expect((await read(300)).seqs).toEqual([301])
})
