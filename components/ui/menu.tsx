"use client";

import { clsx } from "clsx";
import { Check } from "lucide-react";
import {
  Content,
  Item,
  ItemIndicator,
  Label,
  Portal,
  RadioGroup,
  RadioItem,
  Root,
  Separator,
  Trigger,
} from "radix-ui/dropdown-menu";
import type { ReactNode } from "react";

/** A menu that opens from its trigger, which must be one button. */
export function Menu(props: { trigger: ReactNode; align?: "start" | "end"; children: ReactNode }) {
  return (
    <Root modal={false}>
      <Trigger asChild>{props.trigger}</Trigger>
      <Portal>
        <Content className="menu" align={props.align ?? "start"} sideOffset={6} collisionPadding={12}>
          {props.children}
        </Content>
      </Portal>
    </Root>
  );
}

/** Something a menu does. */
export function MenuItem(props: { onSelect(): void; danger?: boolean; disabled?: boolean; children: ReactNode }) {
  return (
    <Item
      className={clsx("menu-item", props.danger && "danger")}
      disabled={props.disabled ?? false}
      onSelect={() => props.onSelect()}
    >
      {props.children}
    </Item>
  );
}

/** One choice out of several, the chosen one ticked. */
export function MenuChoice<Value extends string>(props: {
  label: string;
  value: Value;
  options: readonly { value: Value; label: ReactNode }[];
  onChange(value: Value): void;
}) {
  return (
    <>
      <Label className="menu-label">{props.label}</Label>
      <RadioGroup value={props.value} onValueChange={(value) => props.onChange(value as Value)}>
        {props.options.map((option) => (
          <RadioItem key={option.value} value={option.value} className="menu-item">
            <span className="menu-check" aria-hidden="true">
              <ItemIndicator>
                <Check size={14} />
              </ItemIndicator>
            </span>
            {option.label}
          </RadioItem>
        ))}
      </RadioGroup>
    </>
  );
}

/** A heading inside a menu. */
export function MenuLabel({ children }: { children: ReactNode }) {
  return <Label className="menu-label">{children}</Label>;
}

/** A line between the parts of a menu. */
export function MenuLine() {
  return <Separator className="menu-line" />;
}
