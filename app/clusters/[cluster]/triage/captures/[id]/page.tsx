import type { Metadata } from "next";
import { CaptureView } from "@/app/clusters/[cluster]/triage/captures/[id]/view";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Capture" };

/** The report of a capture. It is asked for by the browser: while it runs it changes each second. */
export default async function CapturePage({ params }: { params: Promise<{ cluster: string; id: string }> }) {
  const { cluster, id } = await params;
  return <CaptureView cluster={decodeURIComponent(cluster)} id={decodeURIComponent(id)} />;
}
