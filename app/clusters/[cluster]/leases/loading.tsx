import { PageSkeleton } from "@/components/ui/skeleton";

/** The shape of the page while it is on its way. */
export default function LeasesLoading() {
  return <PageSkeleton label="Loading the leases" />;
}
