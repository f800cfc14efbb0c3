import type { PairedCases } from '../../runtime/compare/compare-runs.ts';
import { formatNumber, plural } from '../format/quantities.ts';
import { signed, verdict } from '../output/compare.ts';
import { extentOf } from '../plot/scale.ts';
import { axisOf } from './axis.ts';
import { type Html, html } from './html.ts';
import { hueOf } from './run-colour.ts';

/** Each case twice, before and after, with a rod between: who gained, who lost, and by how much. */

const WIDTH = 960;
const MARGIN = { left: 130, right: 84, top: 26, bottom: 8 } as const;
const ROW = 21;
const NAME_LENGTH = 17;

export interface CaseChart {
  readonly paired: PairedCases;
  readonly better: 'max' | 'min';
  /** The two runs by number and letter. */
  readonly before: { readonly index: number; readonly letter: string };
  readonly after: { readonly index: number; readonly letter: string };
}

export function caseChart({ paired, better, before, after }: CaseChart): Html | null {
  const { metric, meanDifference } = paired;
  if (paired.pairs.length === 0) return null;
  const pairs = [...paired.pairs].sort((a, b) => b.after - b.before - (a.after - a.before));
  const height = MARGIN.top + pairs.length * ROW + MARGIN.bottom;
  const x = axisOf(extentOf(pairs.flatMap((pair) => [pair.before, pair.after])), MARGIN.left, WIDTH - MARGIN.right, 8);
  const gained = pairs.filter((pair) => toneOf(pair.after - pair.before, better) === 'rise').length;
  return html`<figure class="card" style="margin:0 0 16px">
<h3>${metric} of ${plural(pairs.length, 'case')}: <span class="letter" style="${hueOf(after.index)}">${after.letter}</span> against <span class="letter" style="${hueOf(before.index)}">${before.letter}</span></h3>
<p class="soft">Mean difference ${signed(meanDifference)}: ${verdict(paired)}. ${gained} of ${plural(pairs.length, 'case')} better.</p>
<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${metric} of each case in two runs">
${x.ticks.map(
  ({ value, label }) =>
    html`<line class="grid" x1="${x.at(value)}" x2="${x.at(value)}" y1="${MARGIN.top - 6}" y2="${height - MARGIN.bottom}"/><text x="${x.at(value)}" y="14" text-anchor="middle">${label}</text>`,
)}
${pairs.map((pair, index) => {
  const y = MARGIN.top + index * ROW + ROW / 2;
  const difference = pair.after - pair.before;
  const tone = toneOf(difference, better);
  return html`<g><title>${pair.subject}: ${formatNumber(pair.before)} → ${formatNumber(pair.after)}, ${signed(difference)}</title><text x="${MARGIN.left - 14}" y="${y + 4}" text-anchor="end">${shortened(pair.subject)}</text><line class="rod ${tone}" x1="${x.at(pair.before)}" x2="${x.at(pair.after)}" y1="${y}" y2="${y}"/><circle class="point" style="${hueOf(before.index)}" cx="${x.at(pair.before)}" cy="${y}" r="4.5"/><circle class="ball" style="${hueOf(after.index)}" cx="${x.at(pair.after)}" cy="${y}" r="5.5"/><text class="${tone}" x="${WIDTH - MARGIN.right + 16}" y="${y + 4}">${signed(difference)}</text></g>`;
})}
</svg></figure>`;
}

function toneOf(difference: number, better: 'max' | 'min'): 'rise' | 'fall' | 'same' {
  if (difference === 0) return 'same';
  return difference > 0 === (better === 'max') ? 'rise' : 'fall';
}

/** The end of a name tells more than its beginning. */
function shortened(name: string): string {
  return name.length <= NAME_LENGTH ? name : `…${name.slice(1 - NAME_LENGTH)}`;
}
