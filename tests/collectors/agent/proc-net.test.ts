import fc from "fast-check";
import { expect, test } from "vitest";
import { ConnectionCounter, MAX_ADDRESSES, OTHER_ADDRESSES } from "@/collectors/agent/proc-net";

const HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const REST = "00000000:00000000 00:00000000 00000000   1000        0 12345 1 0000000000000000 20 4 30 10 -1";

function count(lines: string[], ports = [2379]) {
  const counter = new ConnectionCounter(new Set(ports));
  for (const line of lines) counter.addLine(line);
  const { byAddress, badLines } = counter.count();
  return { clients: Object.fromEntries(byAddress), badLines };
}

// Lines of a little-endian machine, as every one that etcd is released for but s390x is.
const line = (local: string, remote: string, state: string, number = 0) =>
  `${String(number).padStart(4)}: ${local} ${remote} ${state} ${REST}`;

test("established connections to the port, by address; listening, closing and foreign ones are none", () => {
  const lines = [
    HEAD,
    line("0100007F:094B", "00000000:0000", "0A"),
    line("0100007F:094B", "0200007F:C350", "01"),
    line("0100007F:094B", "0200007F:C351", "01"),
    line("0100007F:094B", "0300007F:C350", "01"),
    line("0100007F:094B", "0400007F:C350", "06"),
    line("0500007F:C350", "0100007F:094B", "01"),
    line("0100007F:0BB8", "0600007F:C350", "01"),
    line("1201140A:094B", "0700140A:C350", "01"),
  ];
  expect(count(lines)).toEqual({ clients: { "127.0.0.2": 2, "127.0.0.3": 1, "10.20.0.7": 1 }, badLines: 0 });
  expect(count(lines, [2379, 3000]).clients["127.0.0.6"]).toBe(1);
});

test.each([
  ["0000000000000000FFFF00000200007F", "127.0.0.2"],
  ["00000000000000000000000001000000", "::1"],
  ["B80D0120000000000000000001000000", "2001:db8::1"],
  ["000080FE00000000FF005450B0FE0E5A", "fe80::5054:ff:5a0e:feb0"],
])("%s is %s", (hex, address) => {
  const lines = [line("00000000000000000000000000000000:094B", `${hex}:C350`, "01")];
  expect(count(lines).clients).toEqual({ [address]: 1 });
});

test("an IPv4 client counts as itself, whichever table it stands in", () => {
  const lines = [
    line("0100007F:094B", "0200007F:C350", "01"),
    line("0000000000000000FFFF00000100007F:094B", "0000000000000000FFFF00000200007F:C351", "01"),
  ];
  expect(count(lines).clients).toEqual({ "127.0.0.2": 2 });
});

test("what cannot be read is counted, and whatever a line is, nothing is thrown", () => {
  expect(count(["", "nonsense", line("0100007F:094", "0200007F:C350", "01")]).badLines).toBe(3);
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" })), (lines) => {
      expect(count(lines).clients).toEqual({});
    }),
    { numRuns: 300 },
  );
});

test("beyond so many addresses the others are counted together", () => {
  const counter = new ConnectionCounter(new Set([2379]));
  for (let i = 0; i < MAX_ADDRESSES + 5; i++) {
    counter.addLine(line("0100007F:094B", `${i.toString(16).padStart(8, "0")}:C350`, "01"));
  }
  const { byAddress } = counter.count();
  expect(byAddress.size).toBe(MAX_ADDRESSES + 1);
  expect(byAddress.get(OTHER_ADDRESSES)).toBe(5);
});
