"use client";

import { useState } from "react";
import { clientSearch } from "@/components/clients/clients-search";
import { useUrlState } from "@/components/shell/use-url-state";
import type { ClientRow } from "@/lib/api/clients";

const NOBODY = { userAgent: null, user: null, sourceAddress: null };

/** Opens a client by the query string, and closes it. A client without any name has no place of its own. */
export function useOpenClient() {
  const { patch } = useUrlState();
  const [isOpenedHere, setOpenedHere] = useState(false);
  return {
    isOpenedHere,
    open: (row: ClientRow) => {
      if (row.isOther) return;
      setOpenedHere(true);
      patch(clientSearch(row), { push: true });
    },
    close: () => patch(NOBODY, { push: true }),
  };
}
