import * as z from "zod";
import { SOURCE_NAMES } from "@/lib/model/sources";

/** What the document says of one method of one path. */
export interface Operation {
  summary: string;
  /** What the summary has no room for. */
  description?: string;
  tag: string;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** The types a body may have; JSON unless given. */
  bodyTypes?: readonly string[];
  answer?: z.ZodType;
  /** The type of the answer; JSON unless given. */
  answerType?: string;
  /** What it answers besides JSON: the type, and in words what it is. */
  binary?: { type: string; description: string };
  status?: "200" | "201" | "204";
  /** Statuses besides 400 and 500. */
  problems: readonly string[];
  /** What a caller must bring; nothing unless given. */
  security?: "ingestToken";
}

/** Operations by path and method. */
export type Operations = Record<string, Partial<Record<"get" | "post" | "patch" | "delete", Operation>>>;

/** Parameters that stand in a path, by name. */
export const PATH_PARAMETERS = z.object({
  cluster: z.string().describe("A cluster's name or id"),
  source: z.enum(SOURCE_NAMES),
  token: z.string().describe("A token's id"),
  webhook: z.string().describe("A webhook's id"),
  silence: z.string().describe("A silence's id"),
  capture: z.string().describe("A capture's id"),
});

/** `format` of everything that can be a file. */
export const ExportFormat = z.object({
  format: z.enum(["csv", "json"]).optional().describe("Answers a file of all rows to download (at most 100,000)"),
});

/** What goes wrong where the worker is asked, and where only Postgres is. */
export const ASKED = ["404", "502", "503"] as const;
export const STORED = ["404", "503"] as const;
