import type { Problem } from "@/lib/api/common";

/** Names this machine has for itself. Any other in `Host` means that a foreign page had its own name lead here. */
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;
const READING = new Set(["GET", "HEAD", "OPTIONS"]);

/** Why a request is refused for its `Host` (DNS rebinding); null when it may pass. */
export function findHostFault(headers: Headers): Problem | null {
  const host = headers.get("host") ?? "";
  if (LOOPBACK_HOST.test(host)) return null;
  return {
    type: "about:blank",
    title: "Not addressed to this machine",
    status: 403,
    detail: `etcdscope answers only under a loopback name, not under "${host}".`,
    remedy: "Open http://localhost or http://127.0.0.1 with etcdscope's port.",
  };
}

/** Why a changing request is refused: it must come from our own pages or from no page at all. Null when it may pass. */
export function findChangeFault(method: string, headers: Headers): Problem | null {
  if (READING.has(method)) return null;
  const type = (headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    // A form on a foreign page can send any type but this without being asked for permission first.
    return {
      type: "about:blank",
      title: "Wrong content type",
      status: 415,
      detail: `${method} needs the header content-type: application/json.`,
      remedy: "Send the header, also where there is no body.",
    };
  }
  return findOriginFault(headers);
}

/** Why a request is refused for the page it comes from; null when it comes from our own or from none. */
export function findOriginFault(headers: Headers): Problem | null {
  const origin = headers.get("origin");
  if (origin === null || isOwnOrigin(origin, headers.get("host") ?? "")) return null;
  return {
    type: "about:blank",
    title: "Foreign origin",
    status: 403,
    detail: `Changes are taken from etcdscope's own pages only, not from "${origin}".`,
    remedy: "Use etcdscope's pages, or a client that sends no Origin header.",
  };
}

function isOwnOrigin(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}
