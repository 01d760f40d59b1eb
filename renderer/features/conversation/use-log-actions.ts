import { useMemo } from 'react'
import { nameLine } from '../../../protocol/model/names.ts'
import { useFerry } from '../../app/ferry-context.tsx'
import { attemptPlain } from '../../state/bridge.ts'
import { withAlert, withoutPostponed } from '../../state/model.ts'
import type { LogActions } from './log-actions.ts'
import type { OpenMenu } from './log-menus.tsx'

/** Longest preview of a message that is replied to, in UTF-16 code units. */
const PREVIEW_LENGTH = 120

/**
 * What the rows of a conversation's log can do. `openMenu` must stay the same function. Each change is a row of the outbox
 * before it shows [O1].
 */
export function useLogActionsOf(
  conversation: string,
  openMenu: (menu: OpenMenu) => void,
): LogActions {
  const { api, composers, controller, newKey, store } = useFerry()
  return useMemo((): LogActions => {
    return {
      // An edit of one that failed tries it again, too: main sees to that.
      edit: ({ key, body }) =>
        composers.send(conversation, { type: 'edit', key, body: body ?? '' }),
      openMenu: (message, anchor) => openMenu({ kind: 'actions', message, anchor }),
      openReactions: (message, anchor) => openMenu({ kind: 'reactions', message, anchor }),
      react: (message, emoji, on) =>
        void controller.perform(
          'Reaction not saved',
          api.reactToMessage({ key: newKey(), message: message.key, emoji, on }),
        ),
      reply: (message) =>
        composers.send(conversation, {
          type: 'reply',
          key: message.key,
          authorName: message.own ? 'yourself' : nameLine(message.author),
          preview: (message.body ?? '').slice(0, PREVIEW_LENGTH),
        }),
      remove: (message) =>
        void controller.perform(
          'Not deleted',
          api.deleteMessage({ key: newKey(), message: message.key }),
        ),
      copy: (message) => {
        void attemptPlain(api.copyText({ text: message.body ?? '' })).then((answer) => {
          if (!answer.ok) controller.fail('The text could not be copied')
        })
      },
      retry: ({ key }) => void controller.retry(api.retryOperation({ key })),
      discard: ({ key }) => void controller.perform('Not discarded', api.discardOperation({ key })),
      resolve: ({ key }) => store.update((model) => withoutPostponed(model, key)),
      goTo: ({ key, seq }) => {
        const jump =
          seq === null
            ? controller.jumpToKey(conversation, key)
            : controller.jumpToSeq(conversation, seq, key)
        void jump.then((found) => {
          if (!found) {
            store.update((model) => withAlert(model, 'The original message cannot be found'))
          }
        })
      },
    }
  }, [api, composers, controller, conversation, newKey, openMenu, store])
}
