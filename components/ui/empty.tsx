import type { ReactNode } from "react";

/** Says why there is nothing here and what to do about it. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <h3>{title}</h3>
      {children !== undefined && <div>{children}</div>}
      {action !== undefined && <div className="empty-action">{action}</div>}
    </div>
  );
}
