import fc from "fast-check";
import { expect, test } from "vitest";
import { LineSplitter, MAX_LINE_BYTES } from "@/collectors/traffic/line-splitter";

const text = fc.string({ unit: fc.constantFrom("a", "é", "\n", "\r", "😀", "\0"), maxLength: 60 });

test("however bytes are cut into chunks, the lines are those of the whole", () => {
  fc.assert(
    fc.property(text, fc.array(fc.nat({ max: 200 })), (content, cuts) => {
      const bytes = Buffer.from(content);
      const splitter = new LineSplitter();
      const lines: string[] = [];
      const bounds = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
      for (let index = 1; index < bounds.length; index++) {
        // The reader's memory is written over once a chunk has been taken.
        const chunk = Buffer.from(bytes.subarray(bounds[index - 1], bounds[index]));
        lines.push(...splitter.push(chunk).lines);
        chunk.fill(0x78);
      }
      expect(splitter.wholeBytes).toBe(bytes.lastIndexOf(10) + 1);
      lines.push(...splitter.end().lines);
      const expected = content.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
      expect(lines).toEqual(expected.filter((line) => line !== ""));
      expect(splitter.wholeBytes).toBe(bytes.length);
    }),
    { numRuns: 1_000 },
  );
});

test("a line of 1 MiB is read, a longer one is counted once and stepped over", () => {
  const splitter = new LineSplitter();
  const longest = "x".repeat(MAX_LINE_BYTES);
  expect(splitter.push(Buffer.from(`${longest}\n`))).toEqual({ lines: [longest], tooLong: 0 });
  expect(splitter.push(Buffer.from(`${longest}y`))).toEqual({ lines: [], tooLong: 0 });
  expect(splitter.push(Buffer.from(longest))).toEqual({ lines: [], tooLong: 0 });
  expect(splitter.push(Buffer.from("\nnext\n"))).toEqual({ lines: ["next"], tooLong: 1 });
});
