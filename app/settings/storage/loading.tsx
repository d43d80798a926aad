import { PageSkeleton } from "@/components/ui/skeleton";

export default function StorageLoading() {
  return <PageSkeleton label="Loading what is stored" />;
}
