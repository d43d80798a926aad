import { clsx } from "clsx";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";

export interface ButtonLook {
  /** `primary` for the one thing a dialog is for; `quiet` for what stands in a row of a table. */
  kind?: "default" | "primary" | "quiet";
  danger?: boolean;
  small?: boolean;
  iconOnly?: boolean;
}

/** A button. `busy` shows that its work is under way and keeps it from being pressed again. */
export function Button({
  kind,
  danger,
  small,
  iconOnly,
  busy = false,
  className,
  children,
  ...rest
}: ComponentProps<"button"> & ButtonLook & { busy?: boolean; children: ReactNode }) {
  return (
    <button
      type="button"
      {...rest}
      className={clsx(lookOf({ kind, danger, small, iconOnly }), className)}
      disabled={busy || rest.disabled}
      aria-busy={busy || undefined}
    >
      {busy && <span className="spinner" aria-hidden="true" />}
      {children}
    </button>
  );
}

/** A link that looks like a button. */
export function LinkButton({
  kind,
  danger,
  small,
  iconOnly,
  className,
  ...rest
}: ComponentProps<typeof Link> & ButtonLook) {
  return <Link {...rest} className={clsx(lookOf({ kind, danger, small, iconOnly }), className)} />;
}

function lookOf({ kind, danger, small, iconOnly }: ButtonLook): string {
  return clsx("button", kind !== "default" && kind, { danger, small, "icon-only": iconOnly });
}
