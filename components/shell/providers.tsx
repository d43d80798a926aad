"use client";

import { isServer, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ClockProvider } from "@/components/ui/clock";
import { TooltipProvider } from "@/components/ui/tooltip";
import { ApiError } from "@/lib/api/get-json";

let browserClient: QueryClient | undefined;

/** What every page stands on: the browser's copy of the data, the clock, the tooltips. */
export function Providers({ drawnAtMs, children }: { drawnAtMs: number; children: ReactNode }) {
  return (
    <QueryClientProvider client={queryClient()}>
      <ClockProvider drawnAtMs={drawnAtMs}>
        <TooltipProvider>{children}</TooltipProvider>
      </ClockProvider>
    </QueryClientProvider>
  );
}

/** One client a browser, a new one for every request on the server: readers must not see each other's data. */
function queryClient(): QueryClient {
  if (isServer) return openClient();
  browserClient ??= openClient();
  return browserClient;
}

function openClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 1_000,
        // What the server drew is as new as the page, and the interval renews it. Asking again at once would change the
        // data under parts of the page that are still to be hydrated.
        refetchOnMount: false,
        // A hidden tab asks for nothing; it catches up when it is looked at.
        refetchIntervalInBackground: false,
        retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.problem.status < 500),
      },
    },
  });
}
