import type { MessageState } from '../../protocol/ipc/views.ts'
import './glyph.css'

export type GlyphName = 'react' | 'reply' | 'more' | 'copy' | MessageState

/** A small picture in the colour of the text; decoration, named by what is around it. */
export function Glyph({ name, small = false }: { name: GlyphName; small?: boolean }) {
  return (
    <span
      className={small ? `glyph glyph--${name} glyph--small` : `glyph glyph--${name}`}
      aria-hidden="true"
    />
  )
}
