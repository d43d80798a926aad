import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codeSpan, escapeSentence, escapeWords } from "@/lib/queries/triage/markdown-text";

describe("Text from outside", () => {
  test.each([
    ["fsync p99 went from 3 ms to 63 ms", "fsync p99 went from 3 ms to 63 ms"],
    ["a | b\n# c", "a \\| b \\# c"],
    ["<!channel> & <b>", "&lt;!channel&gt; &amp; &lt;b&gt;"],
    ["ask @here", "ask @\u200bhere"],
    ["[a](http://evil)", "\\[a\\]\\(http\u200b://evil\\)"],
    ["*bold* _it_ ~no~ \\", "\\*bold\\* \\_it\\_ \\~no\\~ \\\\"],
    ["\u202edesrever", " desrever"],
  ])("%j becomes %j", (given, expected) => {
    expect(escapeWords(given)).toBe(expected);
  });

  test("code of the rules stays code, and nothing breaks out of it", () => {
    expect(escapeSentence("`/registry/a|b` rose to 4*5")).toBe("`/registry/a¦b` rose to 4\\*5");
    expect(escapeSentence("one ` alone")).toBe("one \\` alone");
    expect(codeSpan("a`b @here <!here>")).toBe("`aˋb @\u200bhere <\u200b!here>`");
    expect(codeSpan("")).toBe("` `");
  });

  test("nothing of any text calls everybody, breaks a line or a table, or opens a tag", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.constantFrom("@here", "<!channel>", "|", "`", "\n"),
        (text, more) => {
          for (const written of [escapeWords(text + more), escapeSentence(text + more), codeSpan(text + more)]) {
            expect(written).not.toMatch(/@(here|channel|everyone)/i);
            expect(written).not.toMatch(/[\n\r]/);
            expect(written).not.toMatch(/<[!@#]/);
            expect(written.replaceAll("\\|", "")).not.toContain("|");
          }
          expect(codeSpan(text + more).slice(1, -1)).not.toContain("`");
        },
      ),
    );
  });

  test("long text is cut", () => {
    expect(escapeWords("x".repeat(100_000)).length).toBeLessThan(700);
  });
});
