"use client";

import { Content, Portal, Provider, Root, Trigger } from "radix-ui/tooltip";
import type { ReactNode } from "react";

/** Holds the delays of all tooltips; once, around the page. */
export function TooltipProvider({ children }: { children: ReactNode }) {
  return (
    <Provider delayDuration={250} skipDelayDuration={400}>
      {children}
    </Provider>
  );
}

/** Explains `children` on hover and focus. The child must be one element that takes a ref and can have focus. */
export function Tooltip(props: { text: ReactNode; side?: "top" | "right" | "bottom" | "left"; children: ReactNode }) {
  return (
    <Root>
      <Trigger asChild>{props.children}</Trigger>
      <Portal>
        <Content className="tooltip" side={props.side ?? "top"} sideOffset={5} collisionPadding={8}>
          {props.text}
        </Content>
      </Portal>
    </Root>
  );
}
