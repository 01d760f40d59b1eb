/** The value below which the fraction `p` (0 to 1) of `values` lies; NaN when there are none. Sorts a copy. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN
}

/** The middle of several runs: one slow run on a busy machine does not bend it. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

/** A number with at most `digits` decimals, with separators of thousands. */
export function format(value: number, digits = 0): string {
  return Number.isFinite(value)
    ? value.toLocaleString('en', { maximumFractionDigits: digits })
    : '–'
}
