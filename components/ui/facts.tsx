import type { ReactNode } from "react";

/** The strip of big figures at the top of a page. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="facts">{children}</dl>;
}

/** One big figure. `value` null: not known, drawn as a dash and never as zero. */
export function Fact(props: {
  label: string;
  origin?: ReactNode;
  value: ReactNode;
  unit?: string;
  hint?: ReactNode;
  badge?: ReactNode;
}) {
  const isUnknown = props.value === null || props.value === undefined;
  return (
    <div className="fact">
      <dt>
        {props.label} {props.origin}
      </dt>
      <dd>
        {isUnknown ? <span className="faint">–</span> : props.value}
        {!isUnknown && props.unit !== undefined && <small>{props.unit}</small>}
        {props.badge}
        {props.hint !== undefined && <span className="fact-hint">{props.hint}</span>}
      </dd>
    </div>
  );
}
