import { defineScript } from 'redis'
import { z } from 'zod'

/**
 * Appends a batch to a Redis stream and publishes it, in one step [V9].
 *
 * KEYS[1] the stream; ARGV: live channel, origin, time to live in s, mode, first seq, number of erased seqs, those
 * seqs, then the entries of first, first + 1, ….
 * - What is already there is skipped; only what is new is published.
 * - A batch that begins after last + 1 is a `gap` and changes nothing, unless the stream is empty (then it begins
 *   there) or the mode is `restart` (then what was kept goes).
 * - Erased entries leave the stream in the same step as the deletion enters it. So a stream whose top is h never
 *   holds a body that an event up to h erased; readers rely on it.
 * - An entry that is there already, but is another event, tells of another history (a database restored from a
 *   backup): the stream begins anew.
 * The top entry is never erased alone: its id would be lost, and with it the place to go on from.
 * Returns {'ok' | 'gap', last seq, length}.
 */
const SCRIPT = `
local key = KEYS[1]
local first, erased = tonumber(ARGV[5]), tonumber(ARGV[6])
local base = 6 + erased
local count = #ARGV - base
local final = first + count - 1

local function seq_of(entry) return tonumber(string.match(entry[1], '^%d+')) end
local function other_event(entry, given)
  local stored = entry[2][2]
  if stored == given then return false end
  local a, b = cjson.decode(string.sub(stored, 2)), cjson.decode(string.sub(given, 2))
  return a.at ~= b.at or a.by ~= b.by or a.type ~= b.type
end

local top = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
local last = top and seq_of(top) or 0
if last >= first then
  local at = math.min(last, final)
  local there = at == last and top or redis.call('XRANGE', key, at .. '-0', at .. '-0')[1]
  if there and other_event(there, ARGV[base + at - first + 1]) then
    redis.call('DEL', key)
    last = 0
  end
end
if last < final then
  if ARGV[4] == 'restart' then
    redis.call('DEL', key)
    last = 0
  elseif last > 0 and first > last + 1 then
    return { 'gap', last, redis.call('XLEN', key) }
  end
  local from = last == 0 and 1 or last - first + 2
  for i = from, count do
    redis.call('XADD', key, (first + i - 1) .. '-0', 'e', ARGV[base + i])
  end
  last = final
  redis.call('PUBLISH', ARGV[1], ARGV[2] .. '\\n' .. (first + from - 1) .. '\\n' .. table.concat(ARGV, '\\n', base + from))
end
for i = 7, base do
  if tonumber(ARGV[i]) >= last then
    redis.call('DEL', key)
    last = 0
    break
  end
  redis.call('XDEL', key, ARGV[i] .. '-0')
end
redis.call('EXPIRE', key, ARGV[3])
return { 'ok', last, redis.call('XLEN', key) }
`

export interface AppendArguments {
  readonly key: string
  readonly channel: string
  /** The node that appends; it has delivered these entries to itself. No newline. */
  readonly origin: string
  /** Seconds without an append after which the stream goes. */
  readonly ttlSeconds: number
  readonly mode: 'append' | 'restart'
  /** Seq of the first entry; the others follow without a gap. At least one. */
  readonly first: number
  /** Encoded entries. */
  readonly entries: readonly string[]
  /** Seqs of earlier entries whose body is gone. */
  readonly erased: readonly number[]
}

export interface AppendReply {
  readonly status: 'ok' | 'gap'
  /** Seq of the stream's newest entry now; 0 for an empty stream. */
  readonly last: number
  readonly length: number
}

const Reply = z.tuple([z.enum(['ok', 'gap']), z.int().min(0), z.int().min(0)])

/** For the client's `scripts`: sends the script's hash, and the script itself to a Redis that does not know it. */
export const appendScript = defineScript({
  SCRIPT,
  NUMBER_OF_KEYS: 1,
  parseCommand(parser, batch: AppendArguments) {
    parser.pushKey(batch.key)
    parser.push(
      batch.channel,
      batch.origin,
      String(batch.ttlSeconds),
      batch.mode,
      String(batch.first),
      String(batch.erased.length),
      ...batch.erased.map(String),
      ...batch.entries,
    )
  },
  transformReply(reply: unknown): AppendReply {
    const [status, last, length] = Reply.parse(reply)
    return { status, last, length }
  },
})
