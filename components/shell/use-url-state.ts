"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useCallback } from "react";
import { patchSearch, type SearchPatch } from "@/components/shell/patch-search";

/**
 * The state of a view that lives in the URL. `patch` changes what it names (null or "" removes it) without asking the
 * server for the page again; with `push` the change gets its own place in the history.
 */
export function useUrlState() {
  const params = useSearchParams();
  const pathname = usePathname();
  const patch = useCallback(
    (changes: SearchPatch, { push = false }: { push?: boolean } = {}) => {
      // The address bar, not `params`: two patches in one event must not undo each other.
      const url = pathname + patchSearch(window.location.search, changes);
      if (push) window.history.pushState(null, "", url);
      else window.history.replaceState(null, "", url);
    },
    [pathname],
  );
  return { params, patch };
}
