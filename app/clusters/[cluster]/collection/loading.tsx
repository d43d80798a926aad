import { PageSkeleton } from "@/components/ui/skeleton";

/** The shape of the page while it is on its way. */
export default function CollectionLoading() {
  return <PageSkeleton label="Loading what reading the cluster costs" />;
}
