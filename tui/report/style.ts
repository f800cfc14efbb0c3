/** The page's one style sheet: light, dark, and on paper. Runs take their colours by number. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f7f7f5; --card: #ffffff; --ink: #1c1f24; --soft: #626a76; --line: #e2e4e8; --grid: #eceef1;
  --good: #0f7b4f; --good-wash: #e4f5ec; --bad: #b42318; --changed: #fff4d6;
  --run-0: #2563eb; --run-1: #d9660a; --run-2: #059669; --run-3: #c02673; --run-4: #7c3aed; --run-5: #0e8aa8; --run-6: #5c8a0e; --run-7: #9a6a4f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14161a; --card: #1c1f25; --ink: #e8eaed; --soft: #9aa3b0; --line: #30353e; --grid: #272b33;
    --good: #4cc38a; --good-wash: #16352a; --bad: #ff8f84; --changed: #3a3119;
    --run-0: #6ea8ff; --run-1: #ffa14d; --run-2: #3dd6a0; --run-3: #f472b6; --run-4: #b197fc; --run-5: #3fc7e6; --run-6: #a7d34a; --run-7: #d0a58c;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1240px; margin: 0 auto; padding: 40px 28px 64px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 18px; margin: 44px 0 12px; }
h3 { font-size: 14px; font-weight: 600; margin: 0 0 8px; }
p { margin: 0 0 10px; }
.soft, caption { color: var(--soft); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px; }
.runs { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 260px), 1fr)); gap: 12px; margin-top: 22px; align-items: start; }
.run { font: inherit; color: inherit; text-align: left; cursor: pointer; border-left: 4px solid var(--hue); padding: 12px 16px; }
.run b { color: var(--hue); margin-right: 8px; }
.run .name { overflow-wrap: anywhere; font-weight: 600; }
.run .big { font-size: 24px; font-weight: 650; letter-spacing: -0.01em; display: block; margin: 6px 0 0; }
.run[aria-pressed="false"] { opacity: 0.45; }
.run:focus-visible { outline: 2px solid var(--hue); outline-offset: 2px; }
.scroll { overflow-x: auto; padding: 6px 20px; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 8px 18px 8px 0; text-align: left; border-bottom: 1px solid var(--line); vertical-align: baseline; }
tr:last-child td { border-bottom: 0; }
th { color: var(--soft); font-weight: 500; font-size: 13px; white-space: nowrap; }
td.path { font-family: ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace; font-size: 13px; }
td.number, th.number { text-align: right; white-space: nowrap; }
td .soft { font-size: 13px; margin-left: 6px; }
.changed { background: var(--changed); border-radius: 4px; padding: 1px 6px; margin-left: -6px; }
.best { color: var(--good); font-weight: 650; }
.letter { font-weight: 650; color: var(--hue); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 16px; }
.charts .wide { grid-column: 1 / -1; }
svg { display: block; width: 100%; height: auto; overflow: visible; margin: 0 auto; }
.charts figure:not(.wide) svg { max-width: 640px; }
svg text { fill: var(--soft); font-size: 12px; paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
svg text.strong { fill: var(--ink); font-weight: 600; }
.grid { stroke: var(--grid); stroke-width: 1; }
.axis { stroke: var(--line); stroke-width: 1.5; }
.curve { fill: none; stroke: var(--hue); stroke-width: 2.2; stroke-linejoin: round; stroke-linecap: round; }
.point { fill: var(--card); stroke: var(--hue); stroke-width: 2; }
.ball { fill: var(--hue); }
.rise { stroke: var(--good); } .fall { stroke: var(--bad); } .same { stroke: var(--soft); }
.rod { stroke-width: 2.5; opacity: 0.75; }
text.rise { fill: var(--good); stroke: none; } text.fall { fill: var(--bad); stroke: none; }
.trial { fill: none; stroke: color-mix(in srgb, var(--good) var(--share), var(--run-7)); stroke-width: 2; opacity: 0.75; }
.trial.first { stroke: var(--good); stroke-width: 3.5; opacity: 1; }
.trial:hover, .trial.lit { stroke-width: 5; opacity: 1; }
.whisker { stroke: var(--run-0); stroke-width: 1.5; opacity: 0.6; }
.trend { fill: none; stroke: var(--run-0); stroke-width: 1.5; opacity: 0.5; }
.mean { fill: var(--run-0); }
.cursor { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 3 3; pointer-events: none; }
#tip { position: fixed; z-index: 1; pointer-events: none; background: var(--card); border: 1px solid var(--line); border-radius: 8px; box-shadow: 0 4px 18px rgb(0 0 0 / 0.16); padding: 8px 12px; font-size: 13px; }
#tip b { margin-right: 8px; }
[hidden] { display: none !important; }
footer { margin-top: 44px; font-size: 13px; }
@media print {
  :root { color-scheme: light; --page: #fff; --card: #fff; --ink: #000; --soft: #555; --line: #ccc; --grid: #e6e6e6; --good: #0f7b4f; --bad: #b42318; --changed: #fff4d6;
    --run-0: #2563eb; --run-1: #d9660a; --run-2: #059669; --run-3: #c02673; --run-4: #7c3aed; --run-5: #0e8aa8; --run-6: #5c8a0e; --run-7: #9a6a4f; }
  body { font-size: 11pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  .card, figure { break-inside: avoid; }
  h2 { break-after: avoid; }
}
`;
