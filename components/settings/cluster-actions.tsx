"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Gauge, Pause, Play, PlugZap, Radio, Trash2 } from "lucide-react";
import { patchCluster } from "@/components/settings/cluster-requests";
import { sourcesHref } from "@/components/settings/settings-pages";
import { clusterHref } from "@/components/shell/cluster-href";
import { Button, LinkButton } from "@/components/ui/button";
import { Tooltip } from "@/components/ui/tooltip";
import { type ClusterSummary, clusterOptions, clustersOptions } from "@/lib/api/clusters";

const FIXED_WORDS = {
  file: {
    short: "changed in its file",
    why: "Declared in etcdscope.yaml: change or remove its entry there and start etcdscope again.",
  },
  demo: { short: "goes by itself", why: "The demo and its data go away as soon as another cluster is added." },
} as const;

/** Test, pause, remove; what may not be done to a cluster says why. */
export function ClusterActions(props: {
  cluster: ClusterSummary;
  onTest(cluster: ClusterSummary): void;
  onRemove(cluster: ClusterSummary): void;
}) {
  const { cluster, onTest, onRemove } = props;
  return (
    <span className="cluster-actions">
      <LinkButton small kind="quiet" aria-label={`Sources of ${cluster.name}`} href={sourcesHref(cluster.name)}>
        <Radio size={13} aria-hidden="true" />
        Sources
      </LinkButton>
      {!cluster.isManaged && (
        <Button small kind="quiet" aria-label={`Test ${cluster.name}`} onClick={() => onTest(cluster)}>
          <PlugZap size={13} aria-hidden="true" />
          Test
        </Button>
      )}
      <LinkButton
        small
        kind="quiet"
        aria-label={`Collection of ${cluster.name}`}
        href={clusterHref(cluster.name, "collection")}
      >
        <Gauge size={13} aria-hidden="true" />
        Cost
      </LinkButton>
      <PauseButton cluster={cluster} />
      {cluster.source === "settings" ? (
        <Button small kind="quiet" danger aria-label={`Remove ${cluster.name}`} onClick={() => onRemove(cluster)}>
          <Trash2 size={13} aria-hidden="true" />
          Remove
        </Button>
      ) : (
        <Tooltip text={FIXED_WORDS[cluster.source].why}>
          <button type="button" className="origin">
            {FIXED_WORDS[cluster.source].short}
          </button>
        </Tooltip>
      )}
    </span>
  );
}

function PauseButton({ cluster }: { cluster: ClusterSummary }) {
  const client = useQueryClient();
  const pause = useMutation({
    mutationFn: () => patchCluster(cluster.id, { paused: !cluster.paused }),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: clusterOptions(cluster.name).queryKey });
      await client.invalidateQueries({ queryKey: clustersOptions().queryKey });
    },
  });
  const Icon = cluster.paused ? Play : Pause;
  const word = cluster.paused ? "Resume" : "Pause";
  return (
    <>
      <Button
        small
        kind="quiet"
        busy={pause.isPending}
        aria-label={`${word} ${cluster.name}`}
        onClick={() => pause.mutate()}
      >
        {!pause.isPending && <Icon size={13} aria-hidden="true" />}
        {word}
      </Button>
      {pause.error !== null && (
        <span className="field-error" role="alert" title={pause.error.message}>
          {pause.error.message}
        </span>
      )}
    </>
  );
}
