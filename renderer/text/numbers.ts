const NUMBER = new Intl.NumberFormat('en-US')

/** A whole number with its thousands apart: 17,210. */
export function formatNumber(value: number): string {
  return NUMBER.format(value)
}

/** `1 message`, `2 messages`. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${formatNumber(value)} ${value === 1 ? one : many}`
}
