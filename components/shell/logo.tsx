/** The product's mark: key ranges of different weight. */
export function Logo({ size = 18 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 18 18" aria-hidden="true">
      <rect x="1" y="1" width="16" height="4" rx="1.5" fill="var(--live)" />
      <rect x="1" y="7" width="11" height="4" rx="1.5" fill="var(--second)" />
      <rect x="1" y="13" width="6" height="4" rx="1.5" fill="var(--history)" />
    </svg>
  );
}
