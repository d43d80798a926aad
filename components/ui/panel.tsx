import { clsx } from "clsx";
import { type ReactNode, useId } from "react";

/** A titled surface of a page. `flush` lets the content touch the border, for tables and lists. */
export function Panel(props: {
  title: ReactNode;
  badge?: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
  flush?: boolean;
  children: ReactNode;
}) {
  const titleId = useId();
  return (
    <section className="panel" aria-labelledby={titleId}>
      <div className="panel-head">
        <h2 id={titleId}>{props.title}</h2>
        {props.badge}
        {props.note !== undefined && <div className="panel-note">{props.note}</div>}
        {props.actions !== undefined && <div className="panel-actions">{props.actions}</div>}
      </div>
      <div className={clsx("panel-body", props.flush && "flush")}>{props.children}</div>
    </section>
  );
}
