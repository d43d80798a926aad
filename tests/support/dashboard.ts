import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A dashboard as Grafana stores it: what the tests look at. */
export interface Dashboard {
  uid: string;
  title: string;
  schemaVersion: number;
  templating: {
    list: { name: string; type: string; datasource?: { uid: string }; query: unknown; definition?: string }[];
  };
  panels: DashboardPanel[];
}
export interface DashboardPanel {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: { type: string; uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { refId: string; expr: string; datasource: { type: string; uid: string } }[];
}

/** The dashboard we ship. */
export function readDashboard(): Dashboard {
  return JSON.parse(readFileSync(join(import.meta.dirname, "../../deploy/grafana/etcdscope.json"), "utf8"));
}

/** An expression as Grafana sends it with everything chosen. */
export function fillVariables(expression: string): string {
  return expression.replaceAll(/\$(cluster|etcd_job)\b/g, ".+").replaceAll("$__rate_interval", "1m");
}
