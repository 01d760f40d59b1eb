import { firstName, isolate } from '../../../protocol/model/names.ts'
import { useModel } from '../../app/ferry-context.tsx'
import { formatNumber } from '../../text/numbers.ts'

/** Who is writing now. Not announced: it comes and goes too often. */
export function TypingLine({ conversation }: { conversation: string }) {
  const typists = useModel((model) => model.typing.get(conversation))
  return (
    <p className="typing-line" aria-live="off">
      {typists !== undefined && (
        <>
          <span className="typing-line__dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span className="typing-line__words">
            {describeTypists(typists.map((typist) => typist.name))}
          </span>
        </>
      )}
    </p>
  )
}

/** How many who are typing are called by name. */
const NAMED = 3

/** `Bob is typing`, `Bob, Eve and Lin are typing`, `Bob, Eve and 3 others are typing`. */
export function describeTypists(names: readonly string[]): string {
  const isolated = names.map(isolate)
  if (isolated.length < 2) return `${isolated.join('')} is typing`
  const named = isolated.slice(0, isolated.length > NAMED ? NAMED - 1 : -1)
  const rest = names.length - named.length
  const last = rest === 1 ? isolated.at(-1) : `${formatNumber(rest)} others`
  return `${named.join(', ')} and ${last} are typing`
}

/** The same for a line of little room: `Bob is typing`, `Bob and 2 others are typing`. */
export function describeTypistsShortly(typists: readonly { readonly name: string }[]): string {
  const [first = '', ...rest] = typists.map(({ name }) => isolate(firstName(name)))
  if (rest.length < 2) return describeTypists([first, ...rest])
  return `${first} and ${formatNumber(rest.length)} others are typing`
}
