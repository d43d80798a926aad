import { PageSkeleton } from "@/components/ui/skeleton";

/** The shape of the page while it is on its way. */
export default function TriageLoading() {
  return <PageSkeleton label="Loading the triage" />;
}
