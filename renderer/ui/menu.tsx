import { Menu } from '@base-ui/react/menu'
import { type ReactNode, useRef, useState } from 'react'
import { landmarkOf } from './landmark.ts'
import './menu.css'

export interface MenuEntry {
  readonly label: string
  readonly icon?: ReactNode
  readonly danger?: boolean
  /** Given: the entry is one that is on or off. */
  readonly checked?: boolean
  readonly onSelect: () => void
  /** What takes the focus afterwards, given the button that opened the menu; false: `onSelect` moves it itself. */
  readonly finalFocus?: (anchor: HTMLElement) => HTMLElement | false
}

interface PopupMenuProps {
  /** What the menu belongs to; it opens beside it and gives the focus back to it. */
  anchor: HTMLElement
  /** Accessible name. */
  label: string
  entries: readonly MenuEntry[]
  /** `row`: pictures side by side, each named by its label. */
  layout?: 'column' | 'row'
  align?: 'start' | 'end'
  onClose: () => void
}

/** A menu that is open for as long as it is rendered, so that what opens it stays a plain button. */
export function PopupMenu({
  anchor,
  label,
  entries,
  layout = 'column',
  align = 'end',
  onClose,
}: PopupMenuProps) {
  const row = layout === 'row'
  const selected = useRef<MenuEntry | null>(null)
  // Asked while the button is there: it may go, with what the menu is about, before the menu does.
  const [home] = useState(() => anchor.closest('article'))
  const back = () => (anchor.isConnected ? anchor : (home ?? true))
  return (
    <Menu.Root
      open
      orientation={row ? 'horizontal' : 'vertical'}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
    >
      <Menu.Portal container={landmarkOf(anchor)}>
        <Menu.Positioner className="menu-positioner" anchor={anchor} align={align} sideOffset={4}>
          <Menu.Popup
            className={row ? 'menu menu--row' : 'menu'}
            aria-label={label}
            finalFocus={() => selected.current?.finalFocus?.(anchor) ?? back()}
          >
            {entries.map((entry) => (
              <PopupMenuItem
                key={entry.label}
                entry={entry}
                row={row}
                onSelect={() => {
                  selected.current = entry
                  onClose()
                  entry.onSelect()
                }}
              />
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}

function PopupMenuItem({
  entry,
  row,
  onSelect,
}: {
  entry: MenuEntry
  row: boolean
  onSelect: () => void
}) {
  const { label, icon, danger = false, checked } = entry
  const className = [
    'menu__item',
    danger ? 'menu__item--danger' : '',
    row ? 'menu__item--emoji' : '',
  ]
    .filter(Boolean)
    .join(' ')
  if (checked !== undefined) {
    return (
      <Menu.CheckboxItem
        className={className}
        aria-label={label}
        checked={checked}
        closeOnClick
        onClick={onSelect}
      >
        {icon}
        {!row && label}
      </Menu.CheckboxItem>
    )
  }
  return (
    <Menu.Item className={className} onClick={onSelect}>
      {icon}
      {label}
    </Menu.Item>
  )
}
