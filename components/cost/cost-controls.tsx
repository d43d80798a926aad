"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { OctagonX, Play } from "lucide-react";
import styles from "@/components/cost/cost.module.css";
import { patchCluster } from "@/components/settings/cluster-requests";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { ProblemNote } from "@/components/ui/problem-note";
import { Segmented } from "@/components/ui/segmented";
import { type ClusterPatch, clusterOptions, clustersOptions } from "@/lib/api/clusters";
import type { CostAnswer } from "@/lib/api/cost";

const SHARES = [0.05, 0.1, 0.25, 0.5, 1];
const FRAMES = [10, 30, 60] as const;

type Settings = CostAnswer["settings"];

/** How much the cluster may be read, and the switch that ends it at once. */
export function CostControls({ cluster, id, settings }: { cluster: string; id: number; settings: Settings }) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (patch: ClusterPatch) => patchCluster(id, patch),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: ["cost", cluster] });
      await client.invalidateQueries({ queryKey: clusterOptions(cluster).queryKey });
      await client.invalidateQueries({ queryKey: clustersOptions().queryKey });
    },
  });
  // What has been chosen shows at once; the answer that follows is the truth again.
  const shown = { ...settings, ...(change.isPending && change.variables) };
  return (
    <Panel title="Limits" note="in force at once, without a new start">
      <div className="settings-form">
        <div className={styles.control}>
          <Segmented
            label="A scan may keep etcd busy"
            value={String(shown.scanShare)}
            options={withCurrent(SHARES, shown.scanShare).map((share) => ({
              value: String(share),
              label: `${Number((share * 100).toFixed(1))} %`,
            }))}
            onChange={(value) => change.mutate({ scanShare: Number(value) })}
          />
          <p className="faint">
            {shown.scanShare >= 1
              ? "of the time: without a pause. Writers will notice while a scan runs."
              : "of the time. After each page etcd rests, longer when it has become slow, and until it is well again when it is not."}
          </p>
        </div>
        <div className={styles.control}>
          <Segmented
            label="Record a sample every"
            value={String(shown.frameSeconds)}
            options={FRAMES.map((seconds) => ({ value: String(seconds), label: `${seconds} s` }))}
            onChange={(value) => change.mutate({ frameSeconds: Number(value) as (typeof FRAMES)[number] })}
          />
          <p className="faint">Longer samples take less of the disk here. They cost the cluster nothing either way.</p>
        </div>
        <div className={styles.control}>
          <Button
            danger={!settings.paused}
            busy={change.isPending && change.variables.paused !== undefined}
            onClick={() => change.mutate({ paused: !settings.paused })}
          >
            {settings.paused ? <Play size={14} aria-hidden="true" /> : <OctagonX size={14} aria-hidden="true" />}
            {settings.paused ? "Resume collection" : "Stop all collection now"}
          </Button>
          <p className="faint">
            {settings.paused
              ? "Nothing is asked of this cluster. What is known of it grows old."
              : "Scan, watch, checks and polls end within seconds; what is stored stays."}
          </p>
        </div>
        <ProblemNote error={change.error} />
      </div>
    </Panel>
  );
}

/** The choices, and what is set when it is none of them. */
function withCurrent(choices: readonly number[], current: number): number[] {
  return choices.includes(current) ? [...choices] : [...choices, current].sort((a, b) => a - b);
}
