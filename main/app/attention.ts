/** What asks for the user's eyes while the window is elsewhere. */
export interface Attention {
  readonly unread: number
  readonly failed: number
}

/** In words, for the taskbar's tooltip; empty when there is nothing. */
export function describeAttention({ unread, failed }: Attention): string {
  const parts = [
    ...(unread > 0 ? [`${unread} unread`] : []),
    ...(failed > 0 ? [`${failed} not sent`] : []),
  ]
  return parts.join(', ')
}

/** A filled circle in a square of `size` pixels, 4 bytes each; outside of it everything is transparent. */
export function drawDot(size: number, colour: readonly [number, number, number, number]): Buffer {
  const bitmap = Buffer.alloc(size * size * 4)
  const middle = (size - 1) / 2
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (Math.hypot(x - middle, y - middle) <= size / 2) bitmap.set(colour, (y * size + x) * 4)
    }
  }
  return bitmap
}
