import { VarintReader, VarintWriter } from "@/lib/model/varint";

/** Texts of a batch, each kept once. Number 0 stands for null. */
export class TextDictionary {
  #numbers = new Map<string, number>();

  /** The number of a text; a new one is added. */
  add(text: string | null): number {
    if (text === null) return 0;
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#numbers.size + 1;
    this.#numbers.set(text, number);
    return number;
  }

  /** How many there are, how many bytes each has, then the bytes. */
  toBytes(): Buffer {
    const texts = [...this.#numbers.keys()].map((text) => Buffer.from(text, "utf8"));
    const lengths = new VarintWriter(16 + texts.length * 2);
    lengths.write(texts.length);
    for (const text of texts) lengths.write(text.length);
    return Buffer.concat([lengths.finish(), ...texts]);
  }

  /** The texts by number at the start of `bytes`. Throws when they are cut off. */
  static read(bytes: Buffer): { texts: (string | null)[]; bytesRead: number } {
    const reader = new VarintReader(bytes, "text dictionary");
    const count = reader.read();
    if (count > bytes.length) throw new Error(`text dictionary claims ${count} texts in ${bytes.length} bytes`);
    const lengths = Array.from({ length: count }, () => reader.read());
    let at = reader.position;
    const texts: (string | null)[] = [null];
    for (const length of lengths) {
      if (at + length > bytes.length) throw new Error("text dictionary is cut off");
      texts.push(bytes.toString("utf8", at, at + length));
      at += length;
    }
    return { texts, bytesRead: at };
  }
}
