import { defineConfig } from "@playwright/test";
import { findChromium } from "@/tests/support/chromium";

export default defineConfig({
  testDir: "tests/e2e",
  testMatch: "**/*.test.ts",
  globalSetup: "./tests/e2e/global-setup.ts",
  outputDir: "test-results",
  // One product, one browser: what a test sees depends on nothing but itself and the story.
  workers: 1,
  retries: 0,
  // Generous: how quick something is, is no matter of a test.
  timeout: 180_000,
  globalTimeout: 40 * 60_000,
  forbidOnly: true,
  expect: { timeout: 60_000 },
  use: {
    viewport: { width: 1440, height: 900 },
    locale: "en-US",
    timezoneId: "Europe/Berlin",
    colorScheme: "light",
    actionTimeout: 60_000,
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: await findChromium(console.log),
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    },
  },
});
