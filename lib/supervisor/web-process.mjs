import { pathToFileURL } from "node:url";

// The web interface as a child of the supervisor: the built server, which ends when the supervisor is gone.
// Argument: the path of the standalone server.
process.on("disconnect", () => process.exit(0));
if (process.connected === false) process.exit(0); // gone already
process.on("SIGTERM", () => setTimeout(() => process.exit(0), 1_500).unref()); // an open event stream would hold it
await import(pathToFileURL(process.argv[2]).href);
