"use client";

import { PageError } from "@/components/keyspace/page-error";

/** Shown when the page itself could not be drawn. */
export default function CaptureError(props: { error: Error; reset(): void }) {
  return <PageError what="the capture" {...props} />;
}
