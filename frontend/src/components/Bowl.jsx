/** The house's own mark: a bowl of tea. @param {{size?: number}} props */
export function Bowl({ size = 28 }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path
        d="M4.5 14.5h23c0 6-3.6 10.3-8.2 11.6v1.4h-6.6v-1.4C8.1 24.8 4.5 20.5 4.5 14.5z"
        fill="var(--accent)"
      />
      <path
        d="M11.5 11.2c-1.5-1.7 1.5-3.1 0-5M16 11.2c-1.5-2 1.5-3.8 0-6.2M20.5 11.2c-1.5-1.7 1.5-3.1 0-5"
        fill="none"
        stroke="var(--ink-3)"
        strokeWidth="1.6"
        strokeLinecap="round"
      />
    </svg>
  );
}
