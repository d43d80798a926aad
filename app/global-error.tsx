"use client";

import "@/app/styles/tokens.css";
import "@/app/styles/base.css";
import "@/app/styles/panel.css";
import "@/app/styles/controls.css";

/** The last resort, when even the shell could not be drawn. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <title>etcdscope</title>
        <main className="empty" role="alert">
          <h2>etcdscope could not draw this page</h2>
          <div>
            The collectors go on and nothing is lost. Load the page again; if it stays like this, the log of the web
            process says why{error.digest !== undefined && ` (look for ${error.digest})`}.
          </div>
          <button type="button" className="button primary empty-action" onClick={() => window.location.reload()}>
            Load again
          </button>
        </main>
      </body>
    </html>
  );
}
