import { expect, test } from "vitest";
import { listPrefixParts, parentOf } from "@/lib/model/prefix-parts";

test.each([
  { text: "", labels: [] },
  { text: "/registry/", labels: ["/registry/"] },
  { text: "/registry/pods/shop/", labels: ["/registry/", "pods/", "shop/"] },
  { text: "/registry/pods/shop/web", labels: ["/registry/", "pods/", "shop/", "web"] },
  { text: "//a//b", labels: ["//a/", "/", "b"] },
  { text: "config.app.name", labels: ["config.", "app.", "name"] },
  { text: "user:1.5", labels: ["user:", "1.5"] },
  { text: "plain", labels: ["plain"] },
  { text: "///", labels: ["///"] },
])("$text is reached by $labels", ({ text, labels }) => {
  const parts = listPrefixParts(text);
  expect(parts.map(({ label }) => label)).toEqual(labels);
  expect(parts.at(-1)?.prefix ?? "").toBe(text);
});

test.each([
  { text: "/registry/pods/shop/", parent: "/registry/pods/" },
  { text: "/registry/", parent: "" },
  { text: "plain", parent: "" },
])("above $text lies $parent", ({ text, parent }) => expect(parentOf(text)).toBe(parent));
