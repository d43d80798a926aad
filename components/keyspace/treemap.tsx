"use client";

import { type KeyboardEvent, type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { type Placed, placeTiles } from "@/components/keyspace/tile-layout";
import type { Tile } from "@/components/keyspace/tiles";
import styles from "@/components/keyspace/treemap.module.css";
import { KeyName } from "@/components/ui/key-name";

/** Proportions for the first paint, before the browser has measured. */
const FIRST_SIZE = { width: 1_180, height: 340 };

/**
 * Tiles whose areas are their weights. Arrow keys walk them in reading order, Enter opens one, Backspace (and Left on
 * the first) goes up. `label` says what is drawn and of what.
 */
export function Treemap<Row>(props: {
  label: string;
  tiles: readonly Tile<Row>[];
  /** Null for a tile that leads nowhere. */
  hrefOf(tile: Tile<Row>): string | null;
  onOpen(tile: Tile<Row>): void;
  onUp(): void;
}) {
  const { label, tiles, hrefOf, onOpen, onUp } = props;
  const ref = useRef<HTMLElement>(null);
  const size = useSize(ref);
  const placed = useMemo(() => placeTiles(tiles, size), [tiles, size]);
  const [activeId, setActiveId] = useState<string | null>(null);
  useFocusAfterDrill(ref, label);
  const open = placed.filter(({ tile }) => hrefOf(tile) !== null);
  const active = open.find(({ tile }) => tile.id === activeId) ?? open[0];

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const at = open.findIndex(({ tile }) => tile.id === active?.tile.id);
    const isUp = event.key === "Backspace" || (event.key === "ArrowLeft" && at <= 0);
    const to = targetOf(event.key, at, open.length);
    if (isUp) onUp();
    else if (to !== null) focusTile(ref.current, open[to]?.tile.id);
    else return;
    event.preventDefault();
  };
  return (
    <nav className={styles.map} aria-label={label} ref={ref} onKeyDown={onKeyDown}>
      {placed.map((place) => (
        <TileBox
          key={place.tile.id}
          place={place}
          href={hrefOf(place.tile)}
          isActive={place.tile.id === active?.tile.id}
          onFocus={() => setActiveId(place.tile.id)}
          onOpen={() => onOpen(place.tile)}
        />
      ))}
    </nav>
  );
}

function TileBox(props: {
  place: Placed<Tile<unknown>>;
  href: string | null;
  isActive: boolean;
  onFocus(): void;
  onOpen(): void;
}) {
  const { place, href, isActive, onFocus, onOpen } = props;
  const { tile } = place;
  const style = {
    left: percent(place.left),
    top: percent(place.top),
    width: percent(place.width),
    height: percent(place.height),
    background: tile.fill,
    color: tile.ink,
  };
  const inside = (
    <span className={styles.inside}>
      <span className={styles.name}>
        <KeyName text={tile.name} />
      </span>
      <span className={styles.value}>{tile.value}</span>
    </span>
  );
  if (href === null) {
    return (
      <span className={styles.tile} style={style} title={tile.words} role="img" aria-label={tile.words}>
        {inside}
      </span>
    );
  }
  return (
    <a
      className={styles.tile}
      style={style}
      href={href}
      title={tile.words}
      aria-label={tile.words}
      data-tile={tile.id}
      tabIndex={isActive ? 0 : -1}
      onFocus={onFocus}
      onClick={(event) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        onOpen();
      }}
    >
      {inside}
    </a>
  );
}

function percent(part: number): string {
  return `${(part * 100).toFixed(4)}%`;
}

function targetOf(key: string, at: number, count: number): number | null {
  if (count === 0) return null;
  if (key === "ArrowRight" || key === "ArrowDown") return Math.min(count - 1, at + 1);
  if (key === "ArrowLeft" || key === "ArrowUp") return Math.max(0, at - 1);
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}

function focusTile(map: HTMLElement | null, id: string | undefined): void {
  const links = map?.querySelectorAll<HTMLElement>("[data-tile]") ?? [];
  for (const link of links) if (link.dataset.tile === id) link.focus();
}

/** When a tile that had the focus is gone because it was opened, its first successor gets the focus. */
function useFocusAfterDrill(ref: RefObject<HTMLElement | null>, label: string): void {
  const wasInside = useRef(false);
  useEffect(() => {
    const note = () => {
      if (document.activeElement !== document.body) {
        wasInside.current = ref.current?.contains(document.activeElement) ?? false;
      }
    };
    document.addEventListener("focusin", note);
    return () => document.removeEventListener("focusin", note);
  }, [ref]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the label changes with what is drawn
  useEffect(() => {
    const isLost = document.activeElement === document.body || document.activeElement === null;
    if (wasInside.current && isLost) ref.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }, [label, ref]);
}

function useSize(ref: RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState(FIRST_SIZE);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => {
      const { width = 0, height = 0 } = entry?.contentRect ?? {};
      if (width > 0 && height > 0) setSize({ width, height });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}
