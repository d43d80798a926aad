import { PageSkeleton } from "@/components/ui/skeleton";

export default function FleetLoading() {
  return <PageSkeleton label="Loading the clusters" />;
}
