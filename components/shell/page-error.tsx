"use client";

import { useRouter } from "next/navigation";
import { startTransition } from "react";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";

/** What stands in place of a page that could not be drawn. The shell around it goes on working. */
export function PageError({ error, reset }: { error: Error & { digest?: string }; reset(): void }) {
  const router = useRouter();
  const retry = () =>
    startTransition(() => {
      router.refresh();
      reset();
    });
  return (
    <section className="panel" role="alert">
      <Empty
        title="This page could not be drawn"
        action={
          <Button kind="primary" onClick={retry}>
            Try again
          </Button>
        }
      >
        Nothing is lost: the collectors go on. If it happens again, the log of the web process says why
        {error.digest !== undefined && (
          <>
            {" "}
            (look for <code>{error.digest}</code>)
          </>
        )}
        .
      </Empty>
    </section>
  );
}
