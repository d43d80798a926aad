"use client";

import { clsx } from "clsx";
import { X } from "lucide-react";
import { Close, Content, Description, Overlay, Portal, Root, Title } from "radix-ui/dialog";
import type { ReactNode } from "react";

/** A modal dialog, open while it is drawn with `open`. `footer` stays in sight while the body scrolls. */
export function Dialog(props: {
  open: boolean;
  onOpenChange(open: boolean): void;
  title: ReactNode;
  description?: ReactNode;
  wide?: boolean;
  footer?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Root open={props.open} onOpenChange={props.onOpenChange}>
      <Portal>
        <Overlay className="scrim" />
        <Content
          className={clsx("dialog", props.wide && "wide")}
          onOpenAutoFocus={focusFirstField}
          {...(props.description === undefined ? { "aria-describedby": undefined } : {})}
        >
          <div className="dialog-head">
            <div>
              <Title>{props.title}</Title>
              {props.description !== undefined && <Description>{props.description}</Description>}
            </div>
            <Close className="button quiet icon-only" aria-label="Close">
              <X size={16} aria-hidden="true" />
            </Close>
          </div>
          <div className="dialog-body">{props.children}</div>
          {props.footer !== undefined && <div className="dialog-foot">{props.footer}</div>}
        </Content>
      </Portal>
    </Root>
  );
}

/** A dialog with a form begins at its first field; others at their first control, as radix has it. */
function focusFirstField(event: Event): void {
  if (!(event.currentTarget instanceof HTMLElement)) return;
  const field = event.currentTarget.querySelector<HTMLElement>("input:not([type=file], [type=radio]), textarea");
  if (field === null) return;
  event.preventDefault();
  field.focus();
}
