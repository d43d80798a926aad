import { clsx } from "clsx";
import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

const ICONS = { bad: CircleAlert, warn: TriangleAlert, info: Info } as const;

/** Something to know before reading on; `bad` ones are read out at once. */
export function Banner(props: { tone: "bad" | "warn" | "info"; action?: ReactNode; children: ReactNode }) {
  const Icon = ICONS[props.tone];
  return (
    <div className={clsx("banner", props.tone)} role={props.tone === "bad" ? "alert" : "status"}>
      <Icon size={15} aria-hidden="true" />
      <div>{props.children}</div>
      {props.action}
    </div>
  );
}
