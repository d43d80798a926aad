"use client";

import { useSyncExternalStore } from "react";

/**
 * False on the server and while React takes over what the server has drawn, then true. What a page asks for without
 * having seeded it may be there already, asked for by another part of the page: it is drawn only after.
 */
export function useIsHydrated(): boolean {
  return useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  );
}
