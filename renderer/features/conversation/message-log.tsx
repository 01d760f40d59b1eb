import { ArrowDown } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Virtualizer } from 'virtua'
import type { ConversationView, PlaceView } from '../../../protocol/ipc/views.ts'
import { useFerry, useModel, useStable } from '../../app/ferry-context.tsx'
import { entriesOf, type Log } from '../../state/log.ts'
import type { LogSlot } from '../../state/model.ts'
import { count } from '../../text/numbers.ts'
import { useToday } from '../../ui/use-today.ts'
import { copyPlain } from './copy-plain.ts'
import { LogBeginning } from './log-beginning.tsx'
import { MessageArticle } from './message-article.tsx'
import { buildRows, type Row } from './rows.ts'
import { useLogKeyboard } from './use-log-keyboard.ts'
import { BELOW_TOP, type Stand, useLogScroll } from './use-log-scroll.ts'
import type { MarkRead } from './use-mark-read.ts'
import './log.css'
import './message.css'

interface MessageLogProps {
  view: ConversationView
  log: Log
  loading: LogSlot['loading']
  /** Up to where everything was read when the conversation was opened; null for no line. */
  unreadAfter: number | null
  /** Where to begin: at a message that was at the top of the screen, at the first unread one, or at the end. */
  start: PlaceView | 'unread' | 'end'
  reading: MarkRead
  /** More has come than fits on the screen: a line is to stand behind this seq. */
  onHeld: (seq: number) => void
  onFocusComposer: () => void
}

/** For how long a message that was jumped to stands out, in ms. */
const HIGHLIGHT_MS = 2_000

/** The messages of a conversation, of which only what is near the visible part is in the document. */
export function MessageLog(props: MessageLogProps) {
  const { view, log, loading, unreadAfter, reading } = props
  const { controller, time } = useFerry()
  const today = useToday()
  const rows = useMemo(() => buildRows(entriesOf(log), unreadAfter), [log, unreadAfter])
  const scroller = useRef<HTMLDivElement>(null)
  const scroll = useLogScroll({
    rows,
    hasOlder: log.hasOlder,
    hasNewer: !log.attached,
    start: startRow(rows, props.start),
    onOlder: () => void controller.loadOlder(view.id),
    onNewer: () => void controller.loadNewer(view.id),
    onSeen: (first, last) => reading.look(rows, first, last, log.hasOlder),
    firstUnseen: () => reading.firstUnseen(rows),
    isWatched: () => document.hasFocus() && !controller.isCatchingUp(view.id),
    onHeld: (index) => props.onHeld((seqAt(rows, index) ?? 1) - 1),
    onOwn: reading.jump,
    onPlace: (place) => {
      const seq = place === null ? null : seqAt(rows, place.index)
      const hiddenPx = place?.hiddenPx ?? 0
      controller.keepPlace(view.id, seq === null ? null : { seq, hiddenPx })
    },
    onRest: (index) => controller.trim(view.id, index),
  })
  const keyboard = useLogKeyboard({
    rows,
    scroller,
    virtual: scroll.virtual,
    onLeave: props.onFocusComposer,
  })
  const toRow = useStable((index: number): void => {
    reading.jump()
    scroll.toRow(index)
  })
  const highlighted = useJump(view.id, rows, toRow, keyboard.focusRow)
  const keepMounted = keyboard.activeIndex === -1 ? undefined : [keyboard.activeIndex]

  function toNewest(): void {
    reading.skip()
    if (log.attached) scroll.toEnd()
    else void controller.goToNewest(view.id)
  }

  const renderRow = (row: Row, index: number) => {
    const { message, receivedAt } = row.entry
    return (
      <div key={message.key} className={index === rows.length - 1 ? 'row row--last' : 'row'}>
        {index === 0 && !log.hasOlder && <LogBeginning view={view} />}
        {row.day !== null && (
          <p className="day">
            <span>{time.day(row.day, today)}</span>
          </p>
        )}
        {row.firstUnread && (
          <p className="unread-line">
            <span>New messages</span>
          </p>
        )}
        <MessageArticle
          message={message}
          receivedAt={receivedAt}
          startsGroup={row.startsGroup}
          endsGroup={row.endsGroup}
          showAuthors={view.kind === 'group'}
          active={index === keyboard.activeIndex}
          highlighted={message.key === highlighted}
          writable={view.member}
        />
      </div>
    )
  }

  return (
    <div className="log-frame">
      <div
        ref={scroller}
        className="log"
        role="log"
        aria-label="Messages"
        aria-live="off"
        aria-busy={loading !== 'none'}
        onCopy={copyPlain}
        onWheel={scroll.onUserInput}
        onPointerDown={scroll.onUserInput}
        onKeyDown={(event) => {
          scroll.onUserInput()
          keyboard.onKeyDown(event)
        }}
        onFocus={keyboard.onFocus}
      >
        <div className="log__spacer" />
        {rows.length === 0 && <LogBeginning view={view} />}
        <Virtualizer
          ref={scroll.virtual}
          data={rows}
          shift={scroll.shift}
          scrollRef={scroller}
          bufferSize={400}
          {...(keepMounted === undefined ? {} : { keepMounted })}
          onScroll={scroll.onScroll}
          onScrollEnd={scroll.onScrollEnd}
          onResize={scroll.onResize}
        >
          {renderRow}
        </Virtualizer>
      </div>
      {loading === 'older' && <p className="log-pill log-pill--top">Loading older messages…</p>}
      {(!scroll.atEnd || !log.attached) && (
        <button type="button" className="log-pill log-pill--bottom" onClick={toNewest}>
          <ArrowDown size={15} />
          {view.unread > 0 ? unreadWords(view) : 'Newest messages'}
        </button>
      )}
    </div>
  )
}

/** The row to begin at; null: at the end. */
function startRow(
  rows: readonly Row[],
  start: MessageLogProps['start'],
): { index: number; stand: Stand } | null {
  if (start === 'end') return null
  const index = rows.findIndex((row) =>
    start === 'unread' ? row.firstUnread : (row.entry.message.seq ?? 0) >= start.seq,
  )
  if (index === -1) return null
  return { index, stand: start === 'unread' ? BELOW_TOP : { hiddenPx: start.hiddenPx } }
}

/** seq of the message at a row, or of the next one that has one. */
function seqAt(rows: readonly Row[], index: number): number | null {
  return rows.slice(index).find((row) => row.entry.message.seq !== null)?.entry.message.seq ?? null
}

const unreadWords = ({ unread, isUnreadAtLeast }: ConversationView): string =>
  isUnreadAtLeast ? `At least ${count(unread, 'new message')}` : count(unread, 'new message')

/** Follows a wish to be shown a message: scrolls there, gives it the focus, and lets it stand out for a moment. */
function useJump(
  conversation: string,
  rows: readonly Row[],
  toRow: (index: number) => void,
  focusRow: (index: number) => void,
): string | null {
  const jump = useModel((model) => (model.jump?.conversation === conversation ? model.jump : null))
  const [done, setDone] = useState<number | null>(null)
  const [highlighted, setHighlighted] = useState<string | null>(null)
  const go = useStable((index: number, key: string): void => {
    toRow(index)
    focusRow(index)
    setHighlighted(key)
  })
  const index = jump === null ? -1 : rows.findIndex((row) => row.entry.message.key === jump.key)
  const due = jump !== null && jump.nonce !== done && index !== -1
  useEffect(() => {
    if (!due || jump === null) return
    setDone(jump.nonce)
    go(index, jump.key)
  }, [due, jump, index, go])
  useEffect(() => {
    if (highlighted === null) return
    const timer = window.setTimeout(() => setHighlighted(null), HIGHLIGHT_MS)
    return () => window.clearTimeout(timer)
  }, [highlighted])
  return highlighted
}
