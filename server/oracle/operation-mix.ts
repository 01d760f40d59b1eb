import type { Seeded } from '../test-support/seeded.ts'

/** A keyed change, as a device wants it; without the fields of its transmission. */
export type Change =
  | { readonly op: 'send'; readonly conversation: string; readonly body: string }
  | {
      readonly op: 'edit'
      readonly message: string
      readonly body: string
      readonly baseVersion: number
    }
  | { readonly op: 'delete'; readonly message: string }
  | {
      readonly op: 'react'
      readonly message: string
      readonly emoji: string
      readonly on: boolean
    }
  | {
      readonly op: 'member.add' | 'member.remove'
      readonly conversation: string
      readonly user: string
    }

/** A message as a device knows it. */
export interface KnownMessage {
  readonly id: string
  readonly author: string
  readonly version: number
  readonly deleted: boolean
}

/** What the choice is made from. */
export interface Situation {
  readonly user: string
  /** Where the user writes; in one of them it may not be a member at the time. */
  readonly conversations: readonly string[]
  /** Newest messages of a conversation. */
  messages(conversation: string): readonly KnownMessage[]
  /** The one conversation whose members come and go, and who may be removed and added; null for one who may not. */
  readonly churn: { readonly conversation: string; readonly users: readonly string[] } | null
  /** Unlike any other text of the run. */
  freshText(): string
}

const EMOJI = ['👍', '🎉', '❤️', '👀']

/** Draws the next change: mostly messages, as people do, and all else often enough to meet. */
export function drawChange(
  random: Seeded,
  situation: Situation,
): { change: Change; lane: string } | null {
  const { churn } = situation
  if (churn !== null && random.int(100) < 4) {
    const user = churn.users[random.int(churn.users.length)]
    if (user !== undefined) {
      const op = random.int(2) === 0 ? 'member.add' : 'member.remove'
      return {
        change: { op, conversation: churn.conversation, user },
        lane: churn.conversation,
      }
    }
  }
  const conversation = situation.conversations[random.int(situation.conversations.length)]
  if (conversation === undefined) return null
  const change = drawInConversation(random, situation, conversation)
  return { change, lane: conversation }
}

function drawInConversation(random: Seeded, situation: Situation, conversation: string): Change {
  const messages = situation.messages(conversation)
  // Mostly what may succeed: own messages that are there. Now and then what must be refused.
  const own = messages.filter(({ author, deleted }) => author === situation.user && !deleted)
  const among = own.length > 0 && random.int(10) > 0 ? own : messages
  const message = among[random.int(among.length)]
  const dice = random.int(100)
  if (message === undefined || dice < 60) {
    return { op: 'send', conversation, body: situation.freshText() }
  }
  const { id, version } = message
  if (dice < 75) {
    return { op: 'edit', message: id, body: situation.freshText(), baseVersion: version }
  }
  if (dice < 83) return { op: 'delete', message: id }
  const emoji = EMOJI[random.int(EMOJI.length)] ?? '👍'
  return { op: 'react', message: id, emoji, on: random.int(3) > 0 }
}
