import type { Metadata } from "next";
import { LinkButton } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <section className="panel">
      <h1 className="visually-hidden">Not found</h1>
      <Empty
        title="There is nothing at this address"
        action={
          <LinkButton kind="primary" href="/">
            All clusters
          </LinkButton>
        }
      >
        The page may have moved, or the cluster was renamed or removed.
      </Empty>
    </section>
  );
}
