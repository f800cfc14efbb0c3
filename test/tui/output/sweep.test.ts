import { describe, expect, it } from 'vitest';
import { analyseSweep } from '../../../runtime/compare/sweep.ts';
import { formatSweep } from '../../../tui/output/sweep.ts';
import { SWEEP } from '../report/samples.ts';

const lines = (unicode: boolean, width: number) =>
  formatSweep(SWEEP, { interactive: false, color: false, unicode }, width).split('\n');

describe('a sweep in the terminal', () => {
  it('is its ranking, its lines through the settings, and what each setting did', () => {
    expect(formatSweep(SWEEP, { interactive: false, color: false, unicode: true }, 90)).toMatchInlineSnapshot(`
      "organ-sweep  4 runs, ranked by val.dice: the larger the better

      #  val.dice  learning_rate  init_filters  STATUS                    RUN
      1  0.8500    0.01           16            completed                 004
      2  0.8000    0.01           8             completed                 003
      3  0.6500    0.001          16            early stopped in epoch 7  002
      4  0.6000    0.001          8             completed                 001

      learning_rate                      init_filters                                   val.dice
       0.01┤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤ 16┤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤ 0.85┤
           │ ⠈⠑⠢⢄⡀                         ⢀⡠⠔⠊⠁    │  ⠉⠒⠤⢄⡀                                   │
           │     ⠈⠒⠤⣀                   ⣀⠤⠒⠁        │      ⠈⠑⠒⠤⣀                        ⣀⠤     │
           │         ⠉⠢⢄⡀           ⢀⡠⠔⠉            │           ⠉⠒⠢⢄⡀              ⢀⡠⠤⠒⠉       │
           │            ⠈⠑⠢⢄     ⡠⠔⠊⠁               │               ⠈⠉⠒⠤⣀      ⣀⠤⠒⠊⠁           │
           │                ⠉⣒⠤⣒⠉                   │                    ⠉⢑⡢⢔⣒⠉            0.73┤
           │             ⢀⡠⠔⠉   ⠉⠢⢄⡀                │                 ⣀⠤⠒⠉⠁   ⠉⠒⠤⣀⡀            │
           │          ⡠⠔⠊⠁         ⠈⠑⠢⢄             │            ⣀⡠⠔⠊⠉            ⠈⠑⠢⠤⣀        │
           │      ⣀⠤⠒⠉                 ⠉⠒⠤⣀         │       ⢀⣀⠤⠒⠉                      ⠉⠒⠤     │
           │  ⢀⡠⠔⠊                         ⠑⠢⢄⡀     │   ⣀⠤⠔⠊⠁                                  │
      0.001┤⠴⠮⠥⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠬⠵⠦  8┤⠤⠶⠭⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤ 0.60┤

      optimizer.learning_rate  mean val.dice, 0.2000 between best and worst: mattered most
        0.001  █                         0.6250 ± 0.0354  of 2 runs
        0.01   ████████████████████████  0.8250 ± 0.0354  of 2 runs

      model.init_filters  mean val.dice, 0.0500 between best and worst
        8   ██████████                0.7000 ± 0.1414  of 2 runs
        16  ███████████████           0.7500 ± 0.1414  of 2 runs
      "
    `);
  });

  it('says which runs the means leave out', () => {
    const members = SWEEP.members.map((member, index) => (index < 2 ? { ...member, status: 'stopped_early' } : member));
    const text = formatSweep(
      analyseSweep(SWEEP.id, SWEEP.rankedBy, members),
      { interactive: false, color: false, unicode: true },
      90,
    );
    expect(text).toContain(`optimizer.learning_rate  mean val.dice
  0.01  █████████████             0.8250 ± 0.0354  of 2 runs
  not counted, as held back: 2 runs with 0.001`);
    expect(text).toContain('not counted, as held back: 1 run with 8, 1 run with 16');
    expect(text).not.toContain('mattered most');
  });

  it.each([84, 100, 140])('fits %i columns', (width) => {
    for (const line of lines(true, width)) expect(line.length, line).toBeLessThanOrEqual(width);
  });

  it('is plain ASCII where nothing else is shown', () => {
    expect(lines(false, 90).join('')).toMatch(/^[\x20-\x7e]*$/);
  });
});
