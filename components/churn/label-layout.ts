/** A thing that wants its name beside it. */
export interface LabelWish {
  id: string;
  text: string;
  x: number;
  y: number;
  radius: number;
}

export interface PlacedLabel {
  id: string;
  text: string;
  /** Where the text begins, and its baseline. */
  x: number;
  y: number;
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const CHARACTER_WIDTH = 6.4;
const LINE_HEIGHT = 14;
const BASELINE = 10.5;
const AWAY = 4;

/**
 * Puts names beside dots so that none covers another, a dot or an obstacle. The first wish is the most important; a name
 * without a free place is left out.
 */
export function placeLabels(
  wishes: readonly LabelWish[],
  { area, obstacles, most }: { area: Box; obstacles: readonly Box[]; most: number },
): PlacedLabel[] {
  const dots = wishes.map(({ id, x, y, radius }) => ({
    ...{ id, left: x - radius, top: y - radius, right: x + radius, bottom: y + radius },
  }));
  const taken: Box[] = [...obstacles];
  const placed: PlacedLabel[] = [];
  for (const wish of wishes) {
    if (placed.length >= most) break;
    const box = candidates(wish).find(
      (each) =>
        isWithin(each, area) &&
        !taken.some((other) => overlap(each, other)) &&
        !dots.some((dot) => dot.id !== wish.id && overlap(each, dot)),
    );
    if (box === undefined) continue;
    taken.push(box);
    placed.push({ id: wish.id, text: wish.text, x: box.left, y: box.top + BASELINE });
  }
  return placed;
}

/** Right of the dot, left, above, below. */
function candidates({ text, x, y, radius }: LabelWish): Box[] {
  const width = text.length * CHARACTER_WIDTH;
  const at = (left: number, top: number): Box => ({ left, top, right: left + width, bottom: top + LINE_HEIGHT });
  const middle = y - LINE_HEIGHT / 2;
  return [
    at(x + radius + AWAY, middle),
    at(x - radius - AWAY - width, middle),
    at(x - width / 2, y - radius - AWAY - LINE_HEIGHT),
    at(x - width / 2, y + radius + AWAY),
  ];
}

function overlap(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

function isWithin(box: Box, area: Box): boolean {
  return box.left >= area.left && box.right <= area.right && box.top >= area.top && box.bottom <= area.bottom;
}
