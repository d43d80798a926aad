import { chromium, type Page, type Response } from "@playwright/test";
import { decodeHeatMatrix } from "@/lib/model/heat-matrix";
import type { Bench } from "@/tests/bench/bench";
import { percentile } from "@/tests/bench/statistics";
import type { Measure } from "@/tests/bench/targets";
import type { Web } from "@/tests/bench/web";
import { findChromium } from "@/tests/support/chromium";

/**
 * The Heatmap page in real Chromium on 1440 columns and 500 rows: it is zoomed by the wheel, which ends in full
 * repaints, and dragged by the mouse. The page leaves a performance measure for each (`heatmap-repaint` for every pixel
 * from the cells, `heatmap-move` while dragging); what is judged is the p95 of their durations in each round.
 */
const ROUNDS = 3;
const WHEELS = 12;
const DRAG_STEPS = 90;
const SETTLE_MS = 600;
const SIZE = { width: 1_600, height: 1_000 };
const MEASURES: Record<string, Measure> = { "heatmap-repaint": "repaint", "heatmap-move": "dragRepaint" };

/** What the page itself notes for us. */
interface Noted {
  paints: { name: string; ms: number }[];
}

export async function measurePage(bench: Bench, web: Web, path: string): Promise<void> {
  if (!web.isBuild) {
    for (const measure of Object.values(MEASURES)) {
      bench.report({
        measure,
        values: [],
        note: "There is no production build to look at; `npm start` once makes one.",
      });
    }
    return;
  }
  const isRoot = process.getuid?.() === 0;
  const browser = await chromium.launch({
    executablePath: await findChromium((text) => bench.say(text)),
    args: isRoot ? ["--no-sandbox"] : [],
  });
  bench.defer(() => browser.close());
  const page = await browser.newPage({ viewport: SIZE });
  await askForAllCells(page);
  await page.addInitScript(notePaints);
  const answer = page.waitForResponse((response) => isHeatmapApi(response.url()));
  await page.goto(`${web.url}${path}?range=30d`);
  const matrix = await describeMatrix(await answer);
  await page.waitForFunction(() =>
    (globalThis as unknown as Noted).paints.some(({ name }) => name === "heatmap-repaint"),
  );
  const rounds: Noted["paints"][] = [];
  for (let round = 0; round < bench.rounds(ROUNDS); round++) rounds.push(await playRound(page));
  for (const [name, measure] of Object.entries(MEASURES)) {
    const values = rounds.map((paints) =>
      percentile(
        paints.filter((paint) => paint.name === name).map(({ ms }) => ms),
        0.95,
      ),
    );
    const count = rounds.flat().filter((paint) => paint.name === name).length;
    bench.say(`${name}: p95 ${values.map((ms) => ms.toFixed(1)).join(", ")} ms of ${count}`);
    if (count === 0) bench.report({ measure, values: [], note: `The page left no measure "${name}".` });
    else bench.report({ measure, values, note: `${count} paints of ${matrix}.` });
  }
}

/** The page asks for as many columns as it likes; here it gets the full size. */
async function askForAllCells(page: Page): Promise<void> {
  await page.route("**/heatmap?*", (route) => {
    const url = new URL(route.request().url());
    if (!isHeatmapApi(url.href)) return route.continue();
    url.searchParams.set("columns", "1440");
    url.searchParams.set("rows", "500");
    return route.continue({ url: url.href });
  });
}

function isHeatmapApi(url: string): boolean {
  return /\/api\/v1\/clusters\/[^/]+\/heatmap\?/.test(url);
}

async function describeMatrix(answer: Response): Promise<string> {
  const { head } = decodeHeatMatrix(Uint8Array.from(await answer.body()).buffer);
  return `${head.atMs.length} columns × ${head.rows.length} rows`;
}

/** Runs in the page: keeps every measure, since the page forgets old ones. */
function notePaints(): void {
  const noted = globalThis as unknown as Noted;
  noted.paints = [];
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) noted.paints.push({ name, ms: duration });
  }).observe({ entryTypes: ["measure"] });
}

async function playRound(page: Page): Promise<Noted["paints"]> {
  const box = await page.locator("canvas").first().boundingBox();
  if (box === null) throw new Error("the heatmap has no canvas");
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.evaluate(() => ((globalThis as unknown as Noted).paints = []));
  await page.mouse.move(x, y);
  for (let i = 0; i < WHEELS; i++) {
    await page.mouse.wheel(0, i < WHEELS / 2 ? -120 : 120);
    await page.waitForTimeout(SETTLE_MS);
  }
  await page.mouse.wheel(0, -240); // zoomed in, so that there is something to drag
  await page.waitForTimeout(SETTLE_MS);
  await page.mouse.down();
  for (let i = 0; i < DRAG_STEPS; i++) await page.mouse.move(x + 150 * Math.sin(i / 10), y + 40 * Math.sin(i / 7));
  await page.mouse.up();
  await page.waitForTimeout(SETTLE_MS);
  await page.mouse.dblclick(x, y);
  await page.waitForTimeout(SETTLE_MS);
  return page.evaluate(() => (globalThis as unknown as Noted).paints);
}
