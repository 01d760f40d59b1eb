/** The mark of Ferry: a boat on two waves. */
export function Logo({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 48 48" aria-hidden="true" focusable="false">
      <rect width="48" height="48" rx="12" fill="#0d7380" />
      <path d="M22 9h6v6h-6z" fill="#d8ecee" />
      <path d="M14 15h20v8H14z" fill="#ffffff" />
      <path d="M9 23h30l-4.5 9.5h-21z" fill="#ffffff" />
      <path d="M18 18h3v3h-3zm5 0h3v3h-3zm5 0h3v3h-3z" fill="#0d7380" />
      <path
        d="M7 36.5c2.8 2.2 5.7 2.2 8.5 0 2.8 2.2 5.7 2.2 8.5 0 2.8 2.2 5.7 2.2 8.5 0 2.8 2.2 5.7 2.2 8.5 0"
        fill="none"
        stroke="#9fd6dc"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
    </svg>
  )
}
