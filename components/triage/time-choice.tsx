"use client";

import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { useUrlState } from "@/components/shell/use-url-state";
import styles from "@/components/triage/triage.module.css";
import {
  calmSearch,
  NOTHING_CHOSEN,
  permalinkSearch,
  readTriageState,
  type Span,
  windowSearch,
} from "@/components/triage/triage-search";
import { formatFigure, shownText, spanWords } from "@/components/triage/triage-words";
import { WindowPicker } from "@/components/triage/window-picker";
import { Button } from "@/components/ui/button";
import { useNow, useZone } from "@/components/ui/clock";
import { Popover } from "@/components/ui/popover";
import { Segmented } from "@/components/ui/segmented";
import type { SpikeItem } from "@/lib/api/spikes";
import type { TriageAnswer } from "@/lib/api/triage";
import { SPIKE_SIGNALS } from "@/lib/model/spikes";

/** Which of the two times a drag and the fields choose. */
export type Aim = "window" | "calm";

/** Puts a chosen span into the URL: as the window, or as the calm time beside the window on screen. */
export function useChooseSpan(answer: TriageAnswer, aim: Aim) {
  const { params, patch } = useUrlState();
  return (span: Span) => {
    const { params: asked } = readTriageState(params);
    const isCalmChosen = asked.baselineFrom !== undefined;
    const search =
      aim === "calm" ? calmSearch(answer.window, span) : windowSearch(span, isCalmChosen ? answer.calm : null);
    patch(search, { push: true });
  };
}

/** The window and the calm time, which of them is being chosen, and the ways to choose it. */
export function TimeChoice({ answer, aim, onAim }: { answer: TriageAnswer; aim: Aim; onAim(aim: Aim): void }) {
  const zone = useZone();
  const { patch } = useUrlState();
  const choose = useChooseSpan(answer, aim);
  const [isOpen, setOpen] = useState(false);
  const done = (act: () => void) => {
    act();
    setOpen(false);
  };
  const nowMs = useNow(60_000);
  const span = answer[aim];
  return (
    <span className={styles.choice}>
      <Segmented
        label="The time to choose"
        hideLabel
        value={aim}
        options={[
          { value: "window", label: `Window ${spanWords(answer.window, zone)}` },
          { value: "calm", label: `Calm ${spanWords(answer.calm, zone)}` },
        ]}
        onChange={onAim}
      />
      <Popover
        label={aim === "window" ? "Choose the window" : "Choose the calm time"}
        align="end"
        open={isOpen}
        onOpenChange={setOpen}
        trigger={
          <Button small>
            Choose <ChevronDown size={13} aria-hidden="true" />
          </Button>
        }
      >
        <div className={styles.picker}>
          {aim === "window" && (
            <WindowChoices
              spikes={answer.spikes}
              zone={zone}
              onSpike={(spike) => done(() => choose(spikeSpan(spike, nowMs)))}
              onRecent={() => done(() => patch(NOTHING_CHOSEN, { push: true }))}
              onMinutes={(minutes) => done(() => choose(lastMinutes(minutes)))}
            />
          )}
          <WindowPicker
            key={aim} // and not by its span: a window that moves on must not take away what is being typed
            name={aim === "window" ? "Window" : "Calm"}
            span={span}
            onChoose={(chosen) => done(() => choose(chosen))}
          />
          {aim === "calm" && (
            <Button
              small
              kind="quiet"
              onClick={() => done(() => patch({ ...permalinkSearch(answer), baselineFrom: null, baselineTo: null }))}
            >
              The time just before
            </Button>
          )}
        </div>
      </Popover>
    </span>
  );
}

function WindowChoices(props: {
  spikes: readonly SpikeItem[];
  zone: string;
  onSpike(spike: SpikeItem): void;
  onRecent(): void;
  onMinutes(minutes: number): void;
}) {
  return (
    <ul aria-label="Windows to take">
      <li>
        <button type="button" onClick={props.onRecent}>
          The newest spike of latency, or now
        </button>
      </li>
      {[5, 15, 60].map((minutes) => (
        <li key={minutes}>
          <button type="button" onClick={() => props.onMinutes(minutes)}>
            The last {minutes} minutes
          </button>
        </li>
      ))}
      {props.spikes.slice(0, MOST_SPIKES).map((spike) => (
        <li key={`${spike.signal} ${spike.subject} ${spike.onset}`}>
          <button type="button" onClick={() => props.onSpike(spike)}>
            <span>
              {SPIKE_SIGNALS[spike.signal].label}, <bdi>{shownText(spike.label, 40)}</bdi>
            </span>
            <small>
              {spanWords({ from: spike.onset, to: spike.endedAt ?? spike.peakAt }, props.zone)}
              {spike.endedAt === null && ", goes on"} · up to {formatFigure(spike.peak, spike.unit)}
            </small>
          </button>
        </li>
      ))}
    </ul>
  );
}

const MOST_SPIKES = 8;

/** A spike as a window: to its end, or to now. */
function spikeSpan({ onset, endedAt }: SpikeItem, nowMs: number): Span {
  return { from: onset, to: endedAt ?? new Date(Math.max(nowMs, Date.parse(onset) + 60_000)).toISOString() };
}

function lastMinutes(minutes: number): Span {
  const nowMs = Date.now();
  return { from: new Date(nowMs - minutes * 60_000).toISOString(), to: new Date(nowMs).toISOString() };
}
