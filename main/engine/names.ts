import {
  cleanName,
  firstName,
  foldName,
  nameLine,
  type PersonName,
} from '../../protocol/model/names.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import type { User } from '../../protocol/model/user.ts'
import { isBlank } from '../../protocol/text/visible.ts'

/** For someone who was never told. */
const UNKNOWN: PersonName = { name: 'Unknown' }

/** What people are called on screen; who shares a name with somebody gets the username beside it. */
export class Names {
  readonly #users = new Map<Id, User>()
  /** Users by what their names are taken for. */
  readonly #alike = new Map<string, Set<Id>>()

  user(id: Id): User | null {
    return this.#users.get(id) ?? null
  }

  /** Everyone whose name was ever told. */
  all(): Iterable<User> {
    return this.#users.values()
  }

  /** Takes a user in; answers whose name is shown in another way from now on. */
  put(user: User): Id[] {
    const known = this.#users.get(user.id)
    const changed = new Set<Id>([user.id])
    if (known !== undefined) {
      const left = this.#alikeOf(known)
      left.delete(user.id)
      if (left.size === 1) for (const id of left) changed.add(id)
    }
    this.#users.set(user.id, user)
    const joined = this.#alikeOf(user)
    if (joined.size === 1) for (const id of joined) changed.add(id)
    joined.add(user.id)
    return [...changed]
  }

  /** The name, with what tells it from the same one of somebody else. */
  of(id: Id): PersonName {
    const user = this.#users.get(id)
    if (user === undefined) return UNKNOWN
    const name = shown(user)
    const alike = this.#alikeOf(user)
    if (alike.size < 2) return { name }
    return { name, handle: user.username, rank: [...alike].sort().indexOf(id) }
  }

  /** The same in one line of text. */
  line(id: Id): string {
    return nameLine(this.of(id))
  }

  /** A short name for a line of little room, that still tells people apart. */
  short(id: Id, among: readonly Id[]): string {
    const person = this.of(id)
    if (person.handle !== undefined) return nameLine(person)
    const short = firstName(person.name)
    const folded = foldName(short)
    const isShared = among.some(
      (other) => other !== id && foldName(firstName(this.of(other).name)) === folded,
    )
    return nameLine({ name: isShared ? person.name : short })
  }

  #alikeOf(user: User): Set<Id> {
    const folded = foldName(shown(user))
    const alike = this.#alike.get(folded) ?? new Set<Id>()
    this.#alike.set(folded, alike)
    return alike
  }
}

/** A user as the screen may know them: with the name that is shown. */
export function shownUser(user: User): User {
  return { ...user, displayName: shown(user) }
}

/** The display name; where nothing of it can be seen, the username. */
function shown({ displayName, username }: User): string {
  const name = cleanName(displayName)
  return isBlank(name) ? username : name
}
