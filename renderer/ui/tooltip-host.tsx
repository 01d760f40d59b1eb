import { lazy, Suspense, useEffect, useState } from 'react'

const TooltipPopup = lazy(async () => ({ default: (await import('./tooltip.tsx')).TooltipPopup }))

/** How long the pointer must rest before a tooltip shows, in ms. */
const REST_MS = 500

type Shown = { anchor: Element; text: string }

function tooltipOf(target: EventTarget | null, describeInstant: DescribeInstant): Shown | null {
  if (!(target instanceof Element)) return null
  const anchor = target.closest('[data-tooltip], [data-tooltip-at], [data-tooltip-clipped]')
  if (anchor === null) return null
  const clipped = anchor.getAttribute('data-tooltip-clipped')
  if (clipped !== null) return isClipped(anchor) ? { anchor, text: clipped } : null
  const at = anchor.getAttribute('data-tooltip-at')
  const text = at === null ? anchor.getAttribute('data-tooltip') : describeInstant(Number(at))
  return text === null || text === '' ? null : { anchor, text }
}

/** Whether what is marked with `data-clip` in it is not shown whole. */
function isClipped(anchor: Element): boolean {
  const words = anchor.matches('[data-clip]') ? anchor : anchor.querySelector('[data-clip]')
  return words === null || words.clientWidth === 0 || words.scrollWidth > words.clientWidth
}

type DescribeInstant = (at: number) => string

/**
 * Shows what an element's `data-tooltip` says, or the instant of its `data-tooltip-at` (ms since the epoch) in words,
 * or its `data-tooltip-clipped` where there was no room for that, when the pointer rests on it or the keyboard reaches it. One for the whole window: a component of its own for every
 * button of every message would cost while scrolling.
 */
export function TooltipHost({ describeInstant }: { describeInstant: DescribeInstant }) {
  const [shown, setShown] = useState<Shown | null>(null)
  useEffect(() => {
    let timer: number | undefined
    const hide = (): void => {
      window.clearTimeout(timer)
      setShown(null)
    }
    const onOver = (event: PointerEvent): void => {
      hide()
      const next = tooltipOf(event.target, describeInstant)
      if (next !== null) timer = window.setTimeout(() => setShown(next), REST_MS)
    }
    const onFocus = (event: FocusEvent): void => {
      const next = tooltipOf(event.target, describeInstant)
      if (next?.anchor.matches(':focus-visible') === true) setShown(next)
      else hide()
    }
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') hide()
    }
    document.addEventListener('pointerover', onOver)
    document.addEventListener('pointerdown', hide)
    document.addEventListener('focusin', onFocus)
    document.addEventListener('focusout', hide)
    document.addEventListener('keydown', onKey)
    window.addEventListener('blur', hide)
    document.addEventListener('scroll', hide, { capture: true, passive: true })
    return () => {
      hide()
      document.removeEventListener('pointerover', onOver)
      document.removeEventListener('pointerdown', hide)
      document.removeEventListener('focusin', onFocus)
      document.removeEventListener('focusout', hide)
      document.removeEventListener('keydown', onKey)
      window.removeEventListener('blur', hide)
      document.removeEventListener('scroll', hide, { capture: true })
    }
  }, [describeInstant])
  if (shown === null || !shown.anchor.isConnected) return null
  return (
    <Suspense fallback={null}>
      <TooltipPopup anchor={shown.anchor} text={shown.text} />
    </Suspense>
  )
}
