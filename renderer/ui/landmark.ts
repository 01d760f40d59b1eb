/**
 * The landmark around an element, in which what pops up from it belongs too: outside of all landmarks a screen
 * reader's user would not come across it. null stands for the body.
 */
export function landmarkOf(element: Element): HTMLElement | null {
  return element.closest('[role="dialog"]') === null
    ? element.closest<HTMLElement>('main, aside')
    : null
}
