import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FRAME_MEASURES, type FrameMeasure } from "@/lib/model/frame";
import { SEALED_FORMAT, type SealedParts, SealedStretch, sealStretch } from "@/lib/model/sealed";
import { BLOCK_SLOTS, isGauge, type Stretch } from "@/lib/model/stretch";

/** A stretch held as plain matrices. */
class PlainStretch implements Stretch {
  readonly fromMs = 0;
  readonly columnMs = 60_000;
  constructor(
    readonly slots: Int32Array,
    readonly observedMs: Float64Array,
    readonly revisions: Float64Array,
    readonly matrices: Record<FrameMeasure, Float64Array>,
  ) {}
  block(measure: FrameMeasure, block: number): Float64Array {
    const cells = BLOCK_SLOTS * this.observedMs.length;
    return this.matrices[measure].subarray(block * cells, (block + 1) * cells);
  }
  absent(): Float64Array {
    throw new Error("not asked for");
  }
}

const figure = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.nat({ max: 300 }) },
  { weight: 1, arbitrary: fc.maxSafeNat().map((n) => n % (2 ** 51 + 1)) },
);
const gaugeFigure = fc.oneof({ weight: 9, arbitrary: figure }, { weight: 1, arbitrary: fc.constant(Number.NaN) });

const stretchArbitrary: fc.Arbitrary<PlainStretch> = fc
  .record({
    columns: fc.integer({ min: 1, max: 70 }),
    slots: fc.oneof(
      { weight: 9, arbitrary: fc.uniqueArray(fc.integer({ min: 1, max: 0x7fff_fffe }), { maxLength: 20 }) },
      {
        weight: 1,
        arbitrary: fc.integer({ min: 250, max: 530 }).map((n) => Array.from({ length: n }, (_, i) => 1 + i)),
      },
    ),
    seeds: fc.array(fc.tuple(figure, gaugeFigure), { minLength: 1, maxLength: 40 }),
    revision: fc.maxSafeNat(),
  })
  .map(({ columns, slots, seeds, revision }) => {
    const listed = Int32Array.from([0, ...slots]).sort();
    const matrices = {} as Record<FrameMeasure, Float64Array>;
    FRAME_MEASURES.forEach((measure, m) => {
      matrices[measure] = Float64Array.from({ length: listed.length * columns }, (_, i) => {
        const seed = seeds[(i * 7 + m + Math.floor(i / columns)) % seeds.length] as [number, number];
        return isGauge(measure) ? seed[1] : seed[0];
      });
    });
    const observedMs = Float64Array.from({ length: columns }, (_, i) => (i * 7_919) % 60_001);
    const revisions = Float64Array.from({ length: columns }, (_, i) => Math.max(0, revision - columns + i));
    return new PlainStretch(listed, observedMs, revisions, matrices);
  });

const open = (parts: SealedParts) => new SealedStretch(parts, 0, 60_000);

function readAll(sealed: SealedStretch): void {
  const blocks = Math.ceil(sealed.slots.length / BLOCK_SLOTS);
  for (const measure of FRAME_MEASURES) for (let block = 0; block < blocks; block++) sealed.block(measure, block);
}

describe("a sealed stretch", () => {
  test("gives back what was packed", async () => {
    await fc.assert(
      fc.asyncProperty(stretchArbitrary, fc.nat(), async (stretch, rows) => {
        const sealed = open(await sealStretch(stretch, rows));
        expect(sealed.slots).toEqual(stretch.slots);
        expect(sealed.observedMs).toEqual(stretch.observedMs);
        expect(sealed.revisions).toEqual(stretch.revisions);
        expect(sealed.source).toEqual({ rows, observedMs: stretch.observedMs.reduce((sum, ms) => sum + ms, 0) });
        for (const measure of FRAME_MEASURES) {
          for (let block = 0; block * BLOCK_SLOTS < stretch.slots.length; block++) {
            expect(sealed.block(measure, block)).toEqual(stretch.block(measure, block));
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test("notices any byte that was changed, cut off or added", async () => {
    const flips = fc.integer({ min: 1, max: 255 });
    await fc.assert(
      fc.asyncProperty(stretchArbitrary, fc.nat(), flips, fc.nat(), async (stretch, at, flip, part) => {
        const parts = await sealStretch(stretch, 3);
        const names = ["slots", "columns", ...FRAME_MEASURES] as const;
        const name = names[part % names.length] as (typeof names)[number];
        const blob = name === "slots" || name === "columns" ? parts[name] : parts.blobs[name];
        const changed = Buffer.from(blob);
        (changed[at % blob.length] as number) ^= flip;
        for (const damaged of [changed, blob.subarray(0, at % blob.length), Buffer.concat([blob, Buffer.from([0])])]) {
          const isHead = name === "slots" || name === "columns";
          const whole = isHead
            ? { ...parts, [name]: damaged }
            : { ...parts, blobs: { ...parts.blobs, [name]: damaged } };
          expect(() => readAll(open(whole))).toThrow(Error);
        }
      }),
      { numRuns: 100 },
    );
  });

  test("of hostile bytes ends soon, with an error or not", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 3, maxLength: 3 }), (bytes) => {
        const [slots, columns, blob] = bytes.map((part) => Buffer.from(part)) as [Buffer, Buffer, Buffer];
        const blobs = Object.fromEntries(FRAME_MEASURES.map((measure) => [measure, blob]));
        expect(() => readAll(open({ format: SEALED_FORMAT, slots, columns, blobs }))).toThrow(Error);
      }),
    );
  });

  test("does not unpack a bomb", async () => {
    const bomb = deflateRawSync(Buffer.alloc(64 * 2 ** 20), { level: 9 });
    const { slots, columns, blobs, format } = await sealStretch(small(), 1);
    // One block that claims 64 MiB, one that claims 5 bytes and unpacks to 64 MiB, with no thought for checksums.
    for (const claim of [[0x80, 0x80, 0x80, 0x20], [5]]) {
      const blob = Buffer.concat([Buffer.from([1, ...claim, 0]), bomb]);
      expect(() => readAll(open({ format, slots, columns, blobs: { ...blobs, keys: blob } }))).toThrow(Error);
    }
  });

  test("refuses another format and figures that are no counts", async () => {
    const parts = await sealStretch(small(), 1);
    expect(() => open({ ...parts, format: 9 })).toThrow("unknown format 9 of a sealed stretch; this version reads 1");
    for (const value of [-1, 0.5, 2 ** 52, Number.NaN]) {
      const stretch = small();
      stretch.matrices.puts[1] = value;
      await expect(sealStretch(stretch, 1)).rejects.toThrow(RangeError);
    }
  });
});

function small(): PlainStretch {
  const matrices = Object.fromEntries(FRAME_MEASURES.map((measure) => [measure, new Float64Array(4)]));
  return new PlainStretch(
    Int32Array.of(0, 4),
    Float64Array.of(60_000, 60_000),
    Float64Array.of(7, 8),
    matrices as Record<FrameMeasure, Float64Array>,
  );
}
