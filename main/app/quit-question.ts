import type { MessageBoxOptions } from 'electron'

/** Index of the button that quits. */
export const QUIT_BUTTON = 0

/** What a user who quits is told about `waiting` messages that have not been sent (at least one). */
export function quitQuestion(waiting: number): MessageBoxOptions {
  const one = waiting === 1
  return {
    type: 'question',
    title: 'Quit Ferry?',
    message: one ? '1 message is waiting to be sent' : `${waiting} messages are waiting to be sent`,
    detail: `${one ? 'It is' : 'They are'} kept on this computer and will be sent the next time Ferry is started.`,
    buttons: ['Quit', 'Cancel'],
    defaultId: QUIT_BUTTON,
    cancelId: 1,
    noLink: true,
  }
}
