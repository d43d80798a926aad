import { describe, expect, test } from "vitest";
import { toVisibleRuns, toVisibleText } from "@/components/ui/visible-text";

describe("a key on screen", () => {
  test.each([
    { title: "plain text stays", text: "/registry/pods/a b", shown: "/registry/pods/a b" },
    { title: "NUL", text: "a\u0000b", shown: "a␀b" },
    { title: "a newline", text: "a\nb", shown: "a␊b" },
    { title: "DEL", text: "a\u007fb", shown: "a␡b" },
    { title: "a C1 control", text: "a\u0085b", shown: "a⟨0085⟩b" },
    { title: "a bidi override", text: "a\u202egnp.exe", shown: "a⟨202E⟩gnp.exe" },
    { title: "a zero-width joiner", text: "a\u200db", shown: "a⟨200D⟩b" },
    { title: "a no-break space", text: "a\u00a0b", shown: "a⟨00A0⟩b" },
    { title: "a byte order mark", text: "\ufeffa", shown: "⟨FEFF⟩a" },
    { title: "a tag character", text: "a\u{e0041}", shown: "a⟨E0041⟩" },
    { title: "an escaped byte stays as written", text: "a\\xffb", shown: "a\\xffb" },
    { title: "other scripts stay", text: "ключ-鍵-😀", shown: "ключ-鍵-😀" },
    { title: "markup is text", text: "<script>alert(1)</script>", shown: "<script>alert(1)</script>" },
  ])("$title", ({ text, shown }) => {
    expect(toVisibleText(text)).toBe(shown);
    expect(
      toVisibleRuns(text)
        .map((run) => run.text)
        .join(""),
    ).toBe(shown);
  });

  test("marks are told apart from text that looks like them", () => {
    expect(toVisibleRuns("␀\u0000\\x00")).toEqual([
      { text: "␀", isMark: false },
      { text: "␀", isMark: true },
      { text: "\\x00", isMark: true },
    ]);
  });
});
