import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test as base, expect, type Page } from "@playwright/test";
import { STORY_NAME } from "@/tests/story/small-cluster";

export { expect } from "@playwright/test";

const AXE = readFileSync(join(import.meta.dirname, "../../node_modules/axe-core/axe.min.js"), "utf8");
const LOOKS = [
  { width: 1440, colorScheme: "light" },
  { width: 1440, colorScheme: "dark" },
  { width: 390, colorScheme: "dark" },
  { width: 390, colorScheme: "light" },
] as const;

/** A test in the browser. It fails when a page opens a dialog, throws, or speaks to anyone but the product. */
export const test = base.extend<{ safe: undefined }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads which fixtures are wanted from this pattern
  baseURL: async ({}, use) => {
    await use(process.env.E2E_URL);
  },
  safe: [
    async ({ page, baseURL }, use) => {
      const faults: string[] = [];
      page.on("dialog", (dialog) => {
        faults.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
      page.on("request", (request) => {
        const isOwn = request.url().startsWith(`${baseURL}/`) || /^(data|blob):/.test(request.url());
        if (!isOwn) faults.push(`request: ${request.url()}`);
      });
      listenFirst(page);
      await use(undefined);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});

/**
 * A page that was just loaded shows what the server has drawn, and hears no click or key before React has taken it over:
 * whoever goes to a page, or loads it anew, waits for that.
 */
function listenFirst(page: Page): void {
  const [goTo, reload] = [page.goto.bind(page), page.reload.bind(page)];
  page.goto = async (url, options) => {
    const answer = await goTo(url, options);
    await isListening(page);
    return answer;
  };
  page.reload = async (options) => {
    const answer = await reload(options);
    await isListening(page);
    return answer;
  };
}

/** React notes its root on the document, and its events on an element when it has taken that over. */
async function isListening(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const isTaken = (node: object | null) =>
      node !== null && Object.keys(node).some((key) => key.startsWith("__react"));
    return isTaken(document) && isTaken(document.body.querySelector("button, a"));
  });
  // What listens to keys on the whole page does so after the next frame.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0))));
}

/** The address of a page of the story's cluster. */
export function storyPath(page: string, search: Record<string, string> = {}): string {
  const query = new URLSearchParams(search).toString();
  return `/clusters/${STORY_NAME}${page}${query === "" ? "" : `?${query}`}`;
}

/** A page as everyone must find it: accessible, in both themes, on a wide screen and on a telephone. */
export async function expectSoundPage(page: Page): Promise<void> {
  for (const { width, colorScheme } of LOOKS) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const where = `${colorScheme}, ${width} pixels wide`;
    await expect.poll(() => listOverflowing(page), `beyond the window, ${where}`).toEqual([]);
    expect(await findViolations(page), `accessibility, ${where}`).toEqual([]);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
}

/** What axe objects to, a line each. */
async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(): Promise<{ violations: AxeViolation[] }> } };
    const { violations } = await axe.run();
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.target).join(" | ")}`);
  });
}

interface AxeViolation {
  id: string;
  help: string;
  nodes: { target: string[] }[];
}

/** Where the page is wider than the window: its elements that reach furthest beyond it; none when it fits. */
function listOverflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const scrolls = (element: Element): boolean =>
      element !== document.body &&
      (getComputedStyle(element).overflowX !== "visible" ||
        (element.parentElement ? scrolls(element.parentElement) : false));
    const wide = [...document.body.querySelectorAll("*")].filter((element) => {
      const isBeyond = element.getBoundingClientRect().right > clientWidth + 1;
      return isBeyond && element.parentElement !== null && !scrolls(element.parentElement);
    });
    const names = wide.map((element) => `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""}`);
    return [`${scrollWidth} of ${clientWidth} pixels`, ...names.slice(0, 5)];
  });
}
