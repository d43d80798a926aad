import type { Metadata } from "next";
import { HeatmapView } from "@/app/clusters/[cluster]/heatmap/view";
import { type ClusterPageProps, openPage } from "@/app/clusters/[cluster]/open-page";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Heatmap" };

/** Prefixes by time. The matrix is not part of the page: the browser fetches it packed. */
export default async function HeatmapPage(props: ClusterPageProps) {
  const { cluster } = await openPage(props);
  return <HeatmapView cluster={cluster} />;
}
