"use client";

import { Content, Portal, Root, Trigger } from "radix-ui/popover";
import type { ReactNode } from "react";

/** A panel that opens beside its trigger, which must be one button. */
export function Popover(props: {
  label: string;
  trigger: ReactNode;
  open?: boolean;
  onOpenChange?(open: boolean): void;
  align?: "start" | "center" | "end";
  children: ReactNode;
}) {
  const controlled = props.open === undefined ? {} : { open: props.open, onOpenChange: props.onOpenChange };
  return (
    <Root {...controlled}>
      <Trigger asChild>{props.trigger}</Trigger>
      <Portal>
        <Content
          className="popover"
          aria-label={props.label}
          align={props.align ?? "start"}
          sideOffset={6}
          collisionPadding={12}
        >
          {props.children}
        </Content>
      </Portal>
    </Root>
  );
}
