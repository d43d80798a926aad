"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Aperture } from "lucide-react";
import { useId, useState } from "react";
import { CaptureProgress } from "@/components/captures/capture-progress";
import { captureLede, captureSentence } from "@/components/captures/capture-words";
import styles from "@/components/captures/captures.module.css";
import { captureHref } from "@/components/shell/cluster-href";
import { Button, LinkButton } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ProblemNote } from "@/components/ui/problem-note";
import { type CaptureItem, captureOptions, capturesOptions } from "@/lib/api/captures";
import { clusterPath, sendJson } from "@/lib/api/get-json";
import { CAPTURE_SECONDS } from "@/lib/model/capture";

const FIRST_SECONDS = 60;

/** Begins an exact session on the cluster, and shows how it goes. */
export function CaptureNow({ cluster, disabledWhy }: { cluster: string; disabledWhy: string | null }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        small
        disabled={disabledWhy !== null}
        title={disabledWhy ?? "Count every write of every key for some seconds"}
        onClick={() => setOpen(true)}
      >
        <Aperture size={13} aria-hidden="true" />
        Capture now
      </Button>
      {isOpen && <CaptureDialog cluster={cluster} onClose={() => setOpen(false)} />}
    </>
  );
}

function CaptureDialog({ cluster, onClose }: { cluster: string; onClose(): void }) {
  const client = useQueryClient();
  const begin = useMutation({
    mutationFn: (seconds: number) => sendJson<CaptureItem>("POST", clusterPath(cluster, "/captures"), { seconds }),
    onSuccess: () => client.invalidateQueries({ queryKey: capturesOptions(cluster).queryKey }),
  });
  const [seconds, setSeconds] = useState(String(FIRST_SECONDS));
  const wanted = Number(seconds);
  const isWrong = !Number.isInteger(wanted) || wanted < CAPTURE_SECONDS.min || wanted > CAPTURE_SECONDS.max;
  const submit = () => !isWrong && begin.mutate(wanted);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Capture now"
      description="Counts every write of every key, exactly, for as long as you say."
      footer={
        begin.data === undefined ? (
          <Button kind="primary" busy={begin.isPending} disabled={isWrong} onClick={submit}>
            Begin the capture
          </Button>
        ) : (
          <LinkButton kind="primary" href={captureHref(cluster, begin.data.id)}>
            Open the report
          </LinkButton>
        )
      }
    >
      {begin.data === undefined ? (
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <SecondsField value={seconds} isWrong={isWrong} onChange={setSeconds} />
          <Costs />
          <ProblemNote error={begin.error} />
        </form>
      ) : (
        <Running cluster={cluster} begun={begin.data} />
      )}
    </Dialog>
  );
}

function SecondsField(props: { value: string; isWrong: boolean; onChange(value: string): void }) {
  const id = useId();
  const { min, max } = CAPTURE_SECONDS;
  return (
    <div className="field">
      <label htmlFor={id}>Seconds</label>
      <input
        id={id}
        className="input"
        type="number"
        inputMode="numeric"
        min={min}
        max={max}
        value={props.value}
        aria-invalid={props.isWrong}
        aria-describedby={`${id}-note`}
        onChange={(event) => props.onChange(event.target.value)}
      />
      <span id={`${id}-note`} className={props.isWrong ? "field-error" : "field-hint"}>
        A whole number from {min} to {max}.
      </span>
    </div>
  );
}

function Costs() {
  return (
    <ul className={styles.costs}>
      <li>etcd is asked for nothing more: the counting sits on the watch that is open already.</li>
      <li>Every key that is written is counted by itself, with its bytes; values are not read.</li>
      <li>Requests of the same seconds are added where audit events or etcd’s log lines come.</li>
      <li>The report is kept, and marked on the timeline, so that nobody takes it for the trouble.</li>
    </ul>
  );
}

function Running({ cluster, begun }: { cluster: string; begun: CaptureItem }) {
  const { data, error } = useQuery(captureOptions(cluster, begun.id));
  const capture: CaptureItem = data ?? begun;
  const isOver = capture.state === "done" || capture.state === "failed";
  return (
    <div className={styles.form}>
      <p>
        <b>{captureSentence(capture)}.</b> {isOver && captureLede(capture)}
      </p>
      {!isOver && <CaptureProgress capture={capture} />}
      {!isOver && <p className="faint">You may close this; it goes on, and is listed below the verdicts.</p>}
      <ProblemNote error={error} />
    </div>
  );
}
