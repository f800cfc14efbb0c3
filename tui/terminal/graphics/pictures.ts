import { encodeKitty, removeKitty } from './kitty.ts';
import type { Picture } from './raster.ts';
import { encodeSixel } from './sixel.ts';
import type { Protocol } from './support.ts';

/** Keeps the pictures on a screen in step with its lines, and sends one only when it or what lies under it has changed. */
export class Pictures {
  #shown: readonly Picture[] = [];
  #protocol: Protocol | null = null;

  get areThere(): boolean {
    return this.#shown.length > 0;
  }

  /** Rows that have to be written anew before `change`, since a picture leaves them. */
  rowsToClear(next: readonly Picture[]): ReadonlySet<number> {
    const rows = new Set<number>();
    for (const [index, picture] of this.#shown.entries())
      if (!isSamePlace(picture, next[index])) for (const row of rowsOf(picture)) rows.add(row);
    return rows;
  }

  /** @param written rows whose text has just been written, over whatever stood there */
  change(next: readonly Picture[], protocol: Protocol | null, written: (row: number) => boolean): string {
    let text = '';
    for (const [index, picture] of this.#shown.entries())
      if (this.#protocol === 'kitty' && !isSamePlace(picture, next[index])) text += removeKitty(index + 1);
    for (const [index, picture] of next.entries()) {
      const isThere = picture.raster === this.#shown[index]?.raster && isSamePlace(picture, this.#shown[index]);
      if (isThere && !rowsOf(picture).some(written)) continue;
      const data = protocol === 'kitty' ? encodeKitty(picture.raster, index + 1) : encodeSixel(picture.raster);
      text += `\u001b[${picture.row + 1};${picture.column + 1}H${data}`;
    }
    this.#shown = next;
    this.#protocol = protocol;
    return text;
  }

  /** Takes all away, for who leaves. What sixels leave behind goes with the screen that is erased. */
  clear(): string {
    const text = this.#protocol === 'kitty' ? this.#shown.map((_, index) => removeKitty(index + 1)).join('') : '';
    const erased = this.areThere ? `${text}\u001b[2J` : '';
    this.#shown = [];
    return erased;
  }
}

function isSamePlace(a: Picture, b: Picture | undefined): boolean {
  return (
    b !== undefined &&
    a.row === b.row &&
    a.column === b.column &&
    a.raster.width === b.raster.width &&
    a.raster.height === b.raster.height
  );
}

function rowsOf({ row, rows }: Picture): readonly number[] {
  return Array.from({ length: rows }, (_, index) => row + index);
}
