/** Limits that both ends of the wire know. Free of zod, so that the renderer may import it too. */

/** Largest WebSocket frame, in bytes. A larger one closes the socket with 1009. */
export const MAX_FRAME_BYTES = 1024 * 1024
/** Largest message body, in bytes of UTF-8. A larger one is refused with `too_large`. */
export const MAX_BODY_BYTES = 16 * 1024
/** How long after its creation a message may be edited by its author, in ms, unless the server says otherwise. */
export const DEFAULT_EDIT_WINDOW_MS = 15 * 60 * 1000
/** Most events in one `events` reply. */
export const MAX_EVENTS_PAGE = 500
/** Most messages in one `history` reply. */
export const MAX_HISTORY_PAGE = 200
/** Newest events that `hello` sends for a stream without a cursor. */
export const DEFAULT_BACKLOG = 100
/** Most members of a conversation. */
export const MAX_MEMBERS = 500
/** Most users in one `users.find` reply. */
export const MAX_USERS_FOUND = 20
/** Most conversations in one `delivered` request. */
export const MAX_DELIVERED_MARKS = 256
/** Most conversations in one `receipts` request. */
export const MAX_RECEIPTS_ASKED = 100
/** Most receipts in one `receipts` reply: well below MAX_FRAME_BYTES, and more than a conversation has members. */
export const MAX_RECEIPTS_TOLD = 4_000
/** Longest conversation title, in UTF-16 code units. */
export const MAX_TITLE_LENGTH = 200
/**
 * What a username is made of, and how long it may be, in UTF-16 code units; compared without case. Marks belong to the
 * letter before them: without them Hindi or Thai cannot be written, nor an accent that is typed apart from its letter.
 */
export const USERNAME_PATTERN = /^[\p{L}\p{N}._-][\p{L}\p{M}\p{N}._-]*$/u
export const MAX_USERNAME_LENGTH = 64
/** Longest text by which people are looked for, in UTF-16 code units. */
export const MAX_PEOPLE_QUERY_LENGTH = 64
/** Shortest password of a new account, in UTF-16 code units. */
export const MIN_PASSWORD_LENGTH = 8
/** Longest display name, in UTF-16 code units. */
export const MAX_DISPLAY_NAME_LENGTH = 80
/**
 * Most edits of one message. Every client that catches up reads all of them, and deleting the message erases each, so
 * without a bound one message could hold up a whole server.
 */
export const MAX_EDITS_A_MESSAGE = 500
/** Longest emoji sequence in a reaction, in UTF-16 code units. */
export const MAX_EMOJI_LENGTH = 32
/** A socket that has not said hello after this long is closed with 4408, in ms. */
export const HELLO_TIMEOUT_MS = 10_000
/** Heads are pushed at least this long after a change, in ms, so that a lost tail is noticed [V10]. */
export const HEADS_INTERVAL_MS = 2_000
/** Bytes that may wait for a socket that does not read, before it is closed with 4413 [V7]. */
export const MAX_WAITING_BYTES = 4 * 1024 * 1024
/** Waiting operations in the outbox before the composer says that it is full [O12]. */
export const MAX_OUTBOX_OPERATIONS = 10_000
/** Most operations that the outbox lists at a time: a longer list would keep main busy with every change. */
export const MAX_OUTBOX_PAGE = 2_000
/**
 * Longest text that the window may hand over, in UTF-16 code units: far more than a message may have, so that what is
 * too long is told with its size, and the text kept, instead of being refused at the door.
 */
export const MAX_TEXT_LENGTH = 64 * 1024 * 1024
/** Longest text that is kept as a draft, in UTF-16 code units. */
export const MAX_DRAFT_LENGTH = 8 * 1024 * 1024

/** Conversations that the bundled server makes again for an account that it has lost. */
export const MAX_REMADE = 200
