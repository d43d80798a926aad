import { redirect } from "next/navigation";

/** The settings begin with the clusters. */
export default function SettingsPage() {
  redirect("/settings/clusters");
}
