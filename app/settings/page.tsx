import { redirect } from "next/navigation";

/** The clusters are the only settings so far. */
export default function SettingsPage() {
  redirect("/settings/clusters");
}
