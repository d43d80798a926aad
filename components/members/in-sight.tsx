"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";

/** Drawn this much before it comes into sight. */
const AHEAD_PX = 500;

/** Draws its children once they come near the window: many charts at once would hold up the page. */
export function InSight({ height, children }: { height: number; children: ReactNode }) {
  const ref = useRef<HTMLDivElement>(null);
  const [wasSeen, setWasSeen] = useState(false);
  useEffect(() => {
    if (ref.current === null || wasSeen) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setWasSeen(true);
      },
      { rootMargin: `${AHEAD_PX}px` },
    );
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [wasSeen]);
  return (
    <div ref={ref} style={{ minWidth: 0, minHeight: wasSeen ? undefined : height }}>
      {wasSeen && children}
    </div>
  );
}
