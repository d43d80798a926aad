"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { useRouter } from "next/navigation";
import { useDeferredValue, useState } from "react";
import { LISTED_PAGES, type ListedPage, PAGE_WORDS, useHere } from "@/components/shell/here";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import { HEALTH_WORDS, HealthMark } from "@/components/ui/health-mark";
import { KeyName } from "@/components/ui/key-name";
import { clustersOptions } from "@/lib/api/clusters";
import { prefixSearchOptions } from "@/lib/api/prefixes";
import { formatBytes, formatCount } from "@/lib/model/units";

const SHOWN_CLUSTERS = 8;

/** Search over pages, clusters and the prefixes of the cluster one is in. Enter goes there. */
export function Palette({ onClose, onHelp }: { onClose(): void; onHelp(): void }) {
  const [text, setText] = useState("");
  const { cluster } = useHere();
  const router = useRouter();
  const hrefOf = useClusterHref();
  const go = (href: string) => {
    onClose();
    router.push(href);
  };
  return (
    <Command.Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      label="Search pages, clusters and prefixes"
      shouldFilter={false}
      className="palette"
      overlayClassName="scrim"
      contentClassName="palette-dialog"
    >
      <Command.Input
        value={text}
        onValueChange={setText}
        placeholder={
          cluster === null ? "Search pages and clusters" : `Search prefixes of ${cluster}, pages and clusters`
        }
      />
      <Command.List>
        <Command.Empty>Nothing contains “{text}”.</Command.Empty>
        {cluster !== null && <PagesGroup text={text} onChoose={(page) => go(hrefOf(cluster, page))} label={cluster} />}
        {cluster !== null && text.trim() !== "" && (
          <PrefixGroup
            cluster={cluster}
            text={text.trim()}
            onChoose={(prefix) => go(hrefOf(cluster, "prefix", { prefix }))}
          />
        )}
        <ClustersGroup text={text} onChoose={(name) => go(hrefOf(name, "overview"))} />
        <PlacesGroup text={text} onGo={go} onHelp={onHelp} />
      </Command.List>
    </Command.Dialog>
  );
}

function PagesGroup(props: { text: string; label: string; onChoose(page: ListedPage): void }) {
  const pages = LISTED_PAGES.filter((page) => matches(PAGE_WORDS[page], props.text));
  if (pages.length === 0) return null;
  return (
    <Command.Group heading={props.label}>
      {pages.map((page) => (
        <Choice key={page} value={`page ${page}`} text={PAGE_WORDS[page]} onChoose={() => props.onChoose(page)} />
      ))}
    </Command.Group>
  );
}

function PlacesGroup(props: { text: string; onGo(href: string): void; onHelp(): void }) {
  const places = [
    { name: "All clusters", go: () => props.onGo("/") },
    { name: "Settings: clusters", go: () => props.onGo("/settings/clusters") },
    { name: "Settings: notifications", go: () => props.onGo("/settings/notifications") },
    { name: "Settings: storage", go: () => props.onGo("/settings/storage") },
    { name: "Add a cluster", go: () => props.onGo("/settings/clusters?add") },
    { name: "Keys and help", go: props.onHelp },
  ].filter((place) => matches(place.name, props.text));
  if (places.length === 0) return null;
  return (
    <Command.Group heading="etcdscope">
      {places.map(({ name, go }) => (
        <Choice key={name} value={name} text={name} onChoose={go} />
      ))}
    </Command.Group>
  );
}

function PrefixGroup(props: { cluster: string; text: string; onChoose(prefix: string): void }) {
  const wanted = useDeferredValue(props.text);
  const { data, error } = useQuery({
    ...prefixSearchOptions(props.cluster, { q: wanted }),
    placeholderData: keepPreviousData,
    retry: false,
  });
  return (
    <Command.Group heading="Prefixes">
      {error !== null && <p className="palette-note">{error.message}</p>}
      {data === undefined && error === null && (
        <Command.Loading>Searching the prefixes of {props.cluster}</Command.Loading>
      )}
      {data?.items.map((item) => (
        <Command.Item key={item.prefix} value={`prefix ${item.prefix}`} onSelect={() => props.onChoose(item.prefix)}>
          <KeyName text={item.prefix} fit="middle" />
          <span className="grow" />
          <span className="faint tabular nowrap">
            {formatCount(item.keys)} keys · {formatBytes(item.liveBytes)}
          </span>
        </Command.Item>
      ))}
    </Command.Group>
  );
}

function ClustersGroup({ text, onChoose }: { text: string; onChoose(name: string): void }) {
  const { data } = useQuery(clustersOptions());
  const clusters = (data?.items ?? []).filter((cluster) => matches(cluster.name, text)).slice(0, SHOWN_CLUSTERS);
  if (clusters.length === 0) return null;
  return (
    <Command.Group heading="Clusters">
      {clusters.map((cluster) => (
        <Command.Item key={cluster.id} value={`cluster ${cluster.id}`} onSelect={() => onChoose(cluster.name)}>
          <HealthMark health={cluster.health} />
          {cluster.name}
          <span className="grow" />
          <span className="faint">{HEALTH_WORDS[cluster.health]}</span>
        </Command.Item>
      ))}
    </Command.Group>
  );
}

function Choice({ value, text, onChoose }: { value: string; text: string; onChoose(): void }) {
  return (
    <Command.Item value={value} onSelect={onChoose}>
      {text}
    </Command.Item>
  );
}

function matches(name: string, text: string): boolean {
  return name.toLowerCase().includes(text.trim().toLowerCase());
}
