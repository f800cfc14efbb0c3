import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { comparisonPage } from '../../../tui/report/page.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { comparedRun, comparison, FAST, SLOW, SWEEP } from './samples.ts';

const now = new Date(2026, 10, 30, 12, 0);
const page = comparisonPage({ comparison: comparison(SLOW, FAST), runs: [SLOW, FAST], sweep: null, now });

const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);

describe('the page of a comparison', () => {
  it('says what was changed, what came of it, and how each case fared', () => {
    expect(page).toContain('<td class="path">optimizer.learning_rate</td>');
    expect(page).toContain('<span class="changed">0.01</span>');
    expect(page).not.toContain('<td class="path">patch</td>');
    expect(page).toContain('<td class="number best">0.8000');
    expect(page).toContain('<title>sub-2: 0.3000 → 0.7000, +0.4000</title>');
  });

  it('draws a curve for each run and metric', () => {
    expect(page.match(/class="curve"/g)).toHaveLength(4);
    expect(page).toContain('aria-label="val.dice by epoch"');
  });

  it('loads nothing: it names no address, and its policy allows none', () => {
    expect(page).not.toMatch(/ (src|href)=|url\(|@import|https?:/);
    expect(page).toContain('default-src &#39;none&#39;');
  });

  it('takes names and values for text, whatever stands in them', () => {
    const nasty = `"'><script>alert(1)</script></title></style><img src=x>`;
    const evil = comparedRun(nasty, [0.1, 0.2], { [nasty]: nasty, 'experiment.name': nasty });
    const text = comparisonPage({ comparison: comparison(evil, FAST), runs: [evil, FAST], sweep: null, now });
    expect(text).not.toContain('<script>alert');
    expect(text).not.toContain('<img');
    expect(text.match(/<\/script>/g)).toHaveLength(1);
    expect(text.match(/<\/style>/g)).toHaveLength(1);
  });
});

describe('the page of a sweep', () => {
  const runs = SWEEP.members.map(({ id }, index) => comparedRun(id, [0.1, 0.2 + index / 10], {}));
  const text = comparisonPage({ comparison: comparison(...runs), runs, sweep: SWEEP, now });

  it('ranks the runs and marks those that stopped early', () => {
    expect(text).toContain('<td>early stopped in epoch 7</td>');
    expect(text.match(/<tr data-trial/g)).toHaveLength(4);
  });

  it('has a line for each run through the settings, and a chart for each setting', () => {
    expect(text.match(/<path class="trial/g)).toHaveLength(4);
    expect(text.match(/aria-label="mean val.dice by/g)).toHaveLength(2);
  });
});

describe.skipIf(CHROMIUM === undefined)('in a real browser', () => {
  it('runs without a complaint of its own or of the policy', () => {
    const file = join(temporaryFolder(), 'report.html');
    writeFileSync(file, page);
    const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--enable-logging=stderr', '--dump-dom'];
    const profile = `--user-data-dir=${temporaryFolder()}`;
    const { stdout, stderr } = spawnSync(CHROMIUM ?? '', [...flags, profile, `file://${file}`], { encoding: 'utf8' });
    expect(stdout).toContain('<title>organ: comparison of 2 runs</title>');
    expect(stderr).not.toMatch(/CONSOLE/);
  });
});
