import { hierarchy, treemap, treemapSquarify } from "d3-hierarchy";

/** A tile with its place, in parts of the whole: 0 to 1. */
export interface Placed<T> {
  tile: T;
  left: number;
  top: number;
  width: number;
  height: number;
}

interface Node<T> {
  tile?: T;
  weight: number;
  children?: Node<T>[];
}

/**
 * Squarified rectangles for tiles sorted by weight, in reading order: from the top, then from the left. `width` and
 * `height` are only for their proportions.
 */
export function placeTiles<T extends { weight: number }>(
  tiles: readonly T[],
  { width, height }: { width: number; height: number },
): Placed<T>[] {
  if (tiles.length === 0) return [];
  const root = hierarchy<Node<T>>({ weight: 0, children: tiles.map((tile) => ({ tile, weight: tile.weight })) });
  root.sum((node) => node.weight);
  const leaves = treemap<Node<T>>().tile(treemapSquarify.ratio(1.35)).size([width, height])(root).leaves();
  return leaves
    .map(({ data, x0, x1, y0, y1 }) => ({
      tile: data.tile as T,
      left: x0 / width,
      top: y0 / height,
      width: (x1 - x0) / width,
      height: (y1 - y0) / height,
    }))
    .sort((a, b) => a.top - b.top || a.left - b.left);
}
