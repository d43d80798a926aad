import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { NeedsEtcd } from "@/components/keyspace/needs-etcd";
import { ClusterBanner } from "@/components/shell/cluster-banner";
import { webDb } from "@/lib/db/web-db";
import { log } from "@/lib/log";
import { resolveClusterId } from "@/lib/queries/clusters";

interface ClusterLayoutProps {
  params: Promise<{ cluster: string }>;
  children: ReactNode;
}

export const dynamic = "force-dynamic";

export async function generateMetadata({ params }: ClusterLayoutProps): Promise<Metadata> {
  const name = decodeURIComponent((await params).cluster);
  return { title: { default: name, template: `%s · ${name} · etcdscope` } };
}

/** What every page of a cluster has in common: the cluster exists, and what one must know about it first. */
export default async function ClusterLayout({ params, children }: ClusterLayoutProps) {
  const cluster = decodeURIComponent((await params).cluster);
  if (await isUnknown(cluster)) notFound();
  return (
    <>
      <ClusterBanner cluster={cluster} />
      <NeedsEtcd cluster={cluster}>{children}</NeedsEtcd>
    </>
  );
}

/** False also when Postgres does not answer: the browser then asks again and says what is wrong. */
async function isUnknown(cluster: string): Promise<boolean> {
  try {
    return (await resolveClusterId(webDb(), cluster)) === null;
  } catch (error) {
    log.warn({ err: error, cluster }, "the cluster could not be looked up");
    return false;
  }
}
