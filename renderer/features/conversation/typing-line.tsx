import { isolate } from '../../../protocol/model/names.ts'
import { useModel } from '../../app/ferry-context.tsx'

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
          {describeTypists(typists.map((typist) => typist.name))}
        </>
      )}
    </p>
  )
}

/** `Bob is typing`, `Bob and Eve are typing`, `3 people are typing`. */
export function describeTypists(names: readonly string[]): string {
  const [first, second] = names.map(isolate)
  if (names.length === 1) return `${first} is typing`
  if (names.length === 2) return `${first} and ${second} are typing`
  return `${names.length} people are typing`
}
