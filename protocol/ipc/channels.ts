/**
 * The one map of the bridge between main and renderer. Free of zod: preload and renderer import it.
 * A method is invoked on its own channel; everything that main tells unasked comes over EVENT_CHANNEL.
 */

/** Methods of the preload API. Each takes one argument (or none) and has a schema in `schemas.ts`. */
export const METHODS = [
  'getState',
  'startOnThisComputer',
  'signIn',
  'createAccount',
  'signOut',
  'switchAccount',
  'tryNow',
  'reportNetwork',
  'listConversations',
  'createConversation',
  'addMember',
  'removeMember',
  'findUsers',
  'getMessages',
  'sendMessage',
  'editMessage',
  'deleteMessage',
  'reactToMessage',
  'markRead',
  'keepPlace',
  'keepOpen',
  'saveDraft',
  'reportTyping',
  'listOutbox',
  'retryOperation',
  'discardOperation',
  'undo',
  'operationText',
  'retryAll',
  'resolveConflict',
  'searchMessages',
  'searchScope',
  'searchOlder',
  'copyText',
  'exportReadableData',
  'repairData',
  'setServerDataAside',
  'reportPainted',
] as const
export type Method = (typeof METHODS)[number]

export const EVENT_CHANNEL = 'ferry:event'

/** The channel of a method. */
export function methodChannel(method: Method): `ferry:call:${Method}` {
  return `ferry:call:${method}`
}

/** Ways on for data that cannot be used: see RepairWay. */
export const REPAIR_WAYS = ['recover', 'rebuild', 'start-anew'] as const
