import { expect, test } from "vitest";
import { formatCsvRecord } from "@/lib/model/csv";
import { parseKeyText } from "@/lib/model/key-text";

test.each([
  { value: "plain", cell: "plain" },
  { value: null, cell: "" },
  { value: 0, cell: "0" },
  { value: -5, cell: "-5" },
  { value: true, cell: "true" },
  { value: "a,b", cell: '"a,b"' },
  { value: 'say "hi"', cell: '"say ""hi"""' },
  { value: " padded", cell: '" padded"' },
  { value: "=1+1", cell: "'=1+1" },
  { value: "+1", cell: "'+1" },
  { value: "-1", cell: "'-1" },
  { value: "@SUM(A1)", cell: "'@SUM(A1)" },
  { value: " =1+1", cell: "' =1+1" },
  { value: "＝1+1", cell: "'＝1+1" },
  { value: "\tx", cell: "'\\x09x" },
  { value: "\r=1", cell: "'\\x0d=1" },
  { value: '=HYPERLINK("http://a,b")', cell: '"\'=HYPERLINK(""http://a,b"")"' },
  { value: "two\nlines", cell: "two\\x0alines" },
  { value: "nul\0byte", cell: "nul\\x00byte" },
  { value: "<script>", cell: "<script>" },
  { value: "キー", cell: "キー" },
])("$value becomes $cell", ({ value, cell }) => {
  expect(formatCsvRecord([value, 1])).toBe(`${cell},1\r\n`);
});

test("a control character in a key's text leads back to the same bytes", () => {
  const cell = formatCsvRecord(["/a\0\n\x7f/b"]).trimEnd();
  expect(parseKeyText(cell)).toEqual(Buffer.from("/a\0\n\x7f/b"));
});
