"use client";

import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { Time } from "@/components/ui/time";
import { ApiError } from "@/lib/api/get-json";

/**
 * Says that a refresh failed, why, and that what is on screen is the last that came. `dataAtMs` is when that was
 * (react-query's `dataUpdatedAt`); 0: nothing has come yet.
 */
export function ProblemNote(props: { error: Error | null; dataAtMs?: number; onRetry?(): void }) {
  const { error, dataAtMs = 0, onRetry } = props;
  if (error === null) return null;
  const remedy = error instanceof ApiError ? error.problem.remedy : undefined;
  return (
    <Banner
      tone={dataAtMs > 0 ? "warn" : "bad"}
      action={
        onRetry && (
          <Button small onClick={onRetry}>
            Try again
          </Button>
        )
      }
    >
      <b>{error.message}</b> {remedy}
      {dataAtMs > 0 && (
        <>
          {" "}
          What you see is from <Time at={dataAtMs} style="time" />.
        </>
      )}
    </Banner>
  );
}
