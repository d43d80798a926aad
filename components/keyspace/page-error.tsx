"use client";

import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";

/** Says that a page could not be drawn, and offers to try again. The server's log has the whole error. */
export function PageError({ what, reset }: { what: string; error: Error; reset(): void }) {
  return (
    <div role="alert">
      <Empty title={`Cannot show ${what}`} action={<Button onClick={reset}>Try again</Button>}>
        The server could not put this page together. Its log says why; usually Postgres did not answer.
      </Empty>
    </div>
  );
}
