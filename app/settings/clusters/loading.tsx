import { PageSkeleton } from "@/components/ui/skeleton";

export default function ClusterSettingsLoading() {
  return <PageSkeleton label="Loading the settings" />;
}
