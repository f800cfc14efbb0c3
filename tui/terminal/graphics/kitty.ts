import { deflateSync } from 'node:zlib';
import type { Raster } from './raster.ts';

/** Kitty's graphics protocol. @see https://sw.kovidgoyal.net/kitty/graphics-protocol/ */

/** The protocol's longest piece. */
const CHUNK = 4096;

/**
 * Sends a raster as deflated RGB and shows it at the cursor, in the place of what had this number before; the cursor stays, and the
 * terminal answers nothing.
 */
export function encodeKitty({ width, height, rgb }: Raster, id: number): string {
  const data = Buffer.from(deflateSync(rgb)).toString('base64');
  let text = '';
  for (let start = 0; start < data.length; start += CHUNK) {
    const more = start + CHUNK < data.length ? 1 : 0;
    const keys = start === 0 ? `a=T,f=24,o=z,s=${width},v=${height},i=${id},p=1,C=1,q=2,m=${more}` : `q=2,m=${more}`;
    text += `\u001b_G${keys};${data.slice(start, start + CHUNK)}\u001b\\`;
  }
  return text;
}

/** Takes a picture away, and its data. */
export function removeKitty(id: number): string {
  return `\u001b_Ga=d,d=I,i=${id},q=2\u001b\\`;
}
