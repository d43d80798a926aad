"use client";

import { Dialog } from "@/components/ui/dialog";

const KEYS: readonly { title: string; keys: readonly { press: readonly string[]; does: string }[] }[] = [
  {
    title: "Everywhere",
    keys: [
      { press: ["/", "Ctrl K"], does: "Search prefixes, pages and clusters" },
      { press: ["?"], does: "This list" },
      { press: ["Esc"], does: "Close what is open" },
    ],
  },
  {
    title: "In a table",
    keys: [
      { press: ["↑", "↓"], does: "Move from row to row" },
      { press: ["Page Up", "Page Down", "Home", "End"], does: "Move far" },
      { press: ["Enter", "→"], does: "Open the row: drill into a prefix" },
      { press: ["←", "Backspace"], does: "Back up to the parent" },
      { press: ["Tab"], does: "On to the next control; the rows are one stop" },
    ],
  },
  {
    title: "In the heatmap",
    keys: [
      { press: ["↑", "↓", "←", "→"], does: "Move from cell to cell; Page Up and Page Down by ten prefixes" },
      { press: ["+", "−"], does: "Zoom time; the wheel does too, with Shift it zooms prefixes" },
      { press: ["Enter", "Space"], does: "Open the prefix at that time; pin the cell" },
      { press: ["Esc"], does: "Unpin, then back to the whole" },
    ],
  },
  {
    title: "In the filter of a table",
    keys: [
      { press: ["↓", "Enter"], does: "To the rows" },
      { press: ["Esc"], does: "Clear the filter" },
    ],
  },
];

/** What the keyboard does, and how to read the figures. */
export function Help({ onClose }: { onClose(): void }) {
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Keys and help">
      <div className="help">
        {KEYS.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.keys.map(({ press, does }) => (
                <div key={does}>
                  <dt>
                    {press.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>How to read a figure</h3>
          <dl>
            <div>
              <dt>exact</dt>
              <dd>Counted from every change etcd reported; nothing was missed.</dd>
            </div>
            <div>
              <dt>sampled</dt>
              <dd>Read at an interval; it says how long ago.</dd>
            </div>
            <div>
              <dt>–</dt>
              <dd>Not known. Never a zero, and a gap in a chart is time nobody watched.</dd>
            </div>
          </dl>
        </section>
      </div>
    </Dialog>
  );
}
