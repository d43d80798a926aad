import type { NextConfig } from "next";

const config: NextConfig = {
  output: "standalone",
  poweredByHeader: false,
  serverExternalPackages: ["pino", "postgres"],
  outputFileTracingRoot: import.meta.dirname,
};

export default config;
