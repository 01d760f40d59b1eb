/**
 * `npm run bench -- search`: how soon 100,000 stored messages are searched. Queries are typed into the real app letter
 * by letter; noted is what main's handler takes, and the time from the last letter to the results in the list, and on
 * screen. Beside it, in Node and on the same texts: a plain FTS5 table, and a scan with LIKE.
 */
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import type { FerryApp } from '../e2e/support/ferry-app.ts'
import { AppScene, applied, flood } from './lib/app-scene.ts'
import { Corpus } from './lib/corpus.ts'
import { PlainSearch } from './lib/plain-search.ts'
import { collectHandlerTimes, type ResultsShown, SearchWatch } from './lib/search-watch.ts'
import { format, percentile } from './lib/statistics.ts'

const { FERRY_BENCH_MESSAGES: messages = '100000' } = process.env
const MESSAGES = Number(messages)
const CONVERSATIONS = ['Harbour', 'Pier', 'Crew', 'Quay', 'Lighthouse']
const SEED = 1_905
/** Words that the texts are made of; the rare half of them stands in about two messages each. */
const VOCABULARY = 20_000
/** From one letter to the next, in ms: a fast typist. */
const LETTER_MS = 120
/** Letters of a query that are typed one by one; what is before them is there at once. */
const TYPED = 3
/** How long the box rests after a query, in ms. */
const PAUSE_MS = 400
/** Queries of each kind. */
const QUERIES = 20
const LONGEST_PREFIX = 4
const PROFILE = 'ada'
const say = (line: string) => process.stderr.write(`${line}\n`)

interface Kind {
  readonly name: string
  readonly queries: readonly string[]
}

interface Times {
  readonly handler: number[]
  readonly listed: number[]
  readonly painted: number[]
  readonly fts: number[]
  readonly like: number[]
}

const MEASURED = ['handler', 'listed', 'painted', 'fts', 'like'] as const

const emptyTimes = (): Times => ({ handler: [], listed: [], painted: [], fts: [], like: [] })

/** What is looked for; drawn from the words as they are used, but for the rare ones. */
function kindsOf(corpus: Corpus): Kind[] {
  const { words } = corpus
  const several = (make: (index: number) => string) =>
    Array.from({ length: QUERIES }, (_, i) => make(i))
  const word = (index: number) => words[index] ?? ''
  const rare = (index: number) => word(VOCABULARY / 2 + index * 400)
  const prefixes = (length: number): Kind => ({
    name: length === 1 ? '1 letter' : `${length} letters`,
    queries: several(() => {
      while (true) {
        const drawn = corpus.word()
        if (drawn.length > length) return drawn.slice(0, length)
      }
    }),
  })
  return [
    ...Array.from({ length: LONGEST_PREFIX }, (_, index) => prefixes(index + 1)),
    { name: 'a frequent word', queries: several(word) },
    { name: 'a rare word', queries: several(rare) },
    { name: 'two frequent words', queries: several((i) => `${word(i)} ${word(i + 7)}`) },
    { name: 'a frequent and a rare word', queries: several((i) => `${word(i)} ${rare(i)}`) },
    { name: 'a word and a letter', queries: several((i) => `${word(i * 5)} ${corpus.word()[0]}`) },
    { name: 'nothing found', queries: several((i) => `${word(i)}xq`) },
  ]
}

/** A profile with all messages, through the app; their texts, oldest first. */
async function storeMessages(scene: AppScene, corpus: Corpus): Promise<string[]> {
  const app = await scene.signUp(PROFILE, scene.server.url)
  const peer = await scene.peer('bo')
  const bodies: string[] = []
  const body = () => {
    const made = corpus.body()
    bodies.push(made)
    return made
  }
  for (const title of CONVERSATIONS) {
    const group = await peer.createGroup(title, [PROFILE])
    const head = await flood(peer, group, MESSAGES / CONVERSATIONS.length, body)
    await applied(scene.database(PROFILE), group, head)
  }
  // As it is met by someone who starts the app, and not in the middle of a flood.
  await app.quit()
  return bodies
}

/** Types a query into the empty box, and waits for its results. */
async function typed(app: FerryApp, watch: SearchWatch, query: string): Promise<ResultsShown> {
  const box = app.sidebar.search
  await box.fill('')
  await rest(PAUSE_MS)
  const given = query.slice(0, -TYPED)
  if (given !== '') await box.fill(given)
  for (const letter of query.slice(given.length)) {
    await rest(LETTER_MS)
    await app.page.keyboard.press(letter)
  }
  return watch.shown()
}

function row(name: string, { handler, listed, painted, fts, like }: Times): string {
  const cell = (values: readonly number[]) => {
    const [p50, p95] = [percentile(values, 0.5), percentile(values, 0.95)]
    return `${format(p50, 1)} / ${format(p95, 1)} / ${format(Math.max(...values), 1)}`
  }
  return `| ${name} | ${[handler, listed, painted, fts, like].map(cell).join(' | ')} |`
}

const scene = await AppScene.create()
try {
  const corpus = new Corpus(SEED, VOCABULARY)
  say(`writing ${format(MESSAGES)} messages`)
  const bodies = await storeMessages(scene, corpus)
  const plain = new PlainSearch(join(scene.folder, 'plain.db'), bodies)
  const app = await scene.launch(PROFILE, scene.server.url)
  await app.sidebar.open(CONVERSATIONS[0] ?? '')
  await app.conversation.messages.last().waitFor()
  const watch = await SearchWatch.install(app.page)
  const takeHandlerTimes = await collectHandlerTimes(app.electron)

  const table: [string, Times][] = []
  const all = emptyTimes()
  for (const { name, queries } of kindsOf(corpus)) {
    say(name)
    const times = emptyTimes()
    for (const query of queries) {
      await takeHandlerTimes()
      const { listed, painted } = await typed(app, watch, query)
      times.listed.push(listed)
      times.painted.push(painted)
      // The last one is that of the whole query.
      times.handler.push((await takeHandlerTimes()).at(-1) ?? Number.NaN)
      times.fts.push(plain.fts(query))
      times.like.push(plain.like(query))
    }
    table.push([name, times])
    for (const key of MEASURED) all[key].push(...times[key])
  }
  plain.close()
  const lines = [
    `${format(MESSAGES)} messages, ${QUERIES} queries a row; ms, p50 / p95 / max`,
    '',
    '| query | handler in main | last letter to results in the list | painted | plain FTS5 in Node | LIKE in Node |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...table.map(([name, times]) => row(name, times)),
    row('all', all),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
} finally {
  await scene.dispose()
}
