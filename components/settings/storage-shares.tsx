import { Panel } from "@/components/ui/panel";
import type { StorageAnswer } from "@/lib/api/storage";
import { formatRatio } from "@/lib/model/units";

/** Which cluster fills the disk how much. */
export function StorageShares({ clusters }: { clusters: StorageAnswer["clusters"] }) {
  return (
    <Panel title="By cluster" note="Share of the frames of the last hour">
      <ul className="storage-shares">
        {clusters.map(({ cluster, share }) => (
          <li key={cluster}>
            <span className="storage-cluster">{cluster}</span>
            <meter value={share} aria-label={`Share of ${cluster}`} />
            <b className="storage-share tabular">{formatRatio(share)}</b>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
