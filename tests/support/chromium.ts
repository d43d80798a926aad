import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { chromium } from "@playwright/test";
import { findCommand, installDebianPackage } from "@/tests/support/debian-package";

const COMMANDS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const run = promisify(execFile);

/** A Chromium that runs: `CHROMIUM_PATH`, PATH, Playwright's own, Debian's package. Throws a sentence when there is none. */
export async function findChromium(log: (text: string) => void): Promise<string> {
  const tried: string[] = [];
  const configured = process.env.CHROMIUM_PATH;
  const places = [
    ...(configured ? [configured] : []),
    ...COMMANDS.flatMap((name) => findCommand(name) ?? []),
    ownChromium(),
  ];
  for (const place of places) {
    if (place !== null && existsSync(place) && (await runs(place))) return place;
    if (place !== null) tried.push(place);
  }
  const installed = await installDebianPackage("chromium", "chromium", log);
  if (installed !== null && (await runs(installed))) return installed;
  throw new Error(
    `No Chromium was found for the tests in the browser (tried: CHROMIUM_PATH, PATH, ${tried.join(", ")}, as root Debian's package). Install one, or run \`npx playwright install chromium\`.`,
  );
}

function ownChromium(): string | null {
  try {
    return chromium.executablePath();
  } catch {
    return null; // Playwright has none for this system
  }
}

async function runs(path: string): Promise<boolean> {
  try {
    await run(path, ["--version", "--no-sandbox"], { timeout: 30_000 });
    return true;
  } catch {
    return false;
  }
}
