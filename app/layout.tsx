import "@fontsource-variable/inter/index.css";
import "@fontsource-variable/jetbrains-mono/index.css";
import "@/app/styles/tokens.css";
import "@/app/styles/base.css";
import "@/app/styles/panel.css";
import "@/app/styles/controls.css";
import "@/app/styles/figures.css";
import "@/app/styles/overlays.css";
import "@/app/styles/table.css";
import "@/app/styles/shell.css";
import "@/app/styles/header.css";
import "@/app/styles/palette.css";
import "@/app/styles/help.css";
import "@/app/styles/fleet.css";
import "@/app/styles/settings.css";
import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { seedFleet } from "@/app/seed-fleet";
import { Providers } from "@/components/shell/providers";
import { Shell } from "@/components/shell/shell";
import { clustersOptions } from "@/lib/api/clusters";

export const metadata: Metadata = {
  title: { default: "etcdscope", template: "%s · etcdscope" },
  description: "What is in etcd, what is hot, and how long it will last.",
  icons: { icon: "/favicon.svg" },
};

export const viewport: Viewport = { colorScheme: "light dark" };

/** Everything here depends on what Postgres says now; nothing is drawn at build time. */
export const dynamic = "force-dynamic";

export default async function RootLayout({ children }: { children: ReactNode }) {
  const client = new QueryClient();
  await client.prefetchQuery({ ...clustersOptions(), queryFn: seedFleet });
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        {/* Blocks on purpose: the colours must be right before the first paint. */}
        <script src="/theme.js" />
      </head>
      <body>
        <Providers drawnAtMs={Date.now()}>
          <HydrationBoundary state={dehydrate(client)}>
            <Shell>{children}</Shell>
          </HydrationBoundary>
        </Providers>
      </body>
    </html>
  );
}
