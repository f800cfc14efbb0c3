import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRun } from '../../../runtime/run/run-folder.ts';
import { locateWeights, standInText } from '../../../runtime/weights/locate-weights.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { tinyPlanFile } from '../../helpers/tiny-plan.ts';

function create(runsDir: string, minute: number, hasWeights: boolean): string {
  const now = new Date(2026, 10, 24, 17, minute);
  const facts = { planFile: tinyPlanFile(), source: '', sourcePath: 'tiny.exp', imports: [], baseDir: '/', now };
  const { id, dir } = createRun({ runsDir, ...facts });
  if (hasWeights) {
    mkdirSync(join(dir, 'checkpoints/last'), { recursive: true });
    writeFileSync(join(dir, 'checkpoints/last/weights.safetensors'), '');
  }
  return id;
}

const latest = (runsDir: string) => locateWeights('latest', { cwd: '/', runsDir });

describe('`latest` where weights are wanted', () => {
  it('is the run that was started last, if it has some', () => {
    const runsDir = temporaryFolder();
    create(runsDir, 1, true);
    const id = create(runsDir, 2, true);
    expect(latest(runsDir)).toMatchObject({ run: { id }, passedOver: null });
    expect(standInText(latest(runsDir))).toBeNull();
  });

  it('passes over a run that failed before it had any, and says so', () => {
    const runsDir = temporaryFolder();
    const id = create(runsDir, 1, true);
    const failed = create(runsDir, 2, false);
    expect(latest(runsDir)).toMatchObject({ run: { id }, passedOver: failed });
    expect(standInText(latest(runsDir))).toBe(
      `${failed} has no weights: \`latest\` is ${id}, the latest run that has some`,
    );
  });

  it('is the run that was started last where none has any, so that the error is about it', () => {
    const runsDir = temporaryFolder();
    create(runsDir, 1, false);
    const id = create(runsDir, 2, false);
    expect(latest(runsDir)).toMatchObject({ run: { id }, passedOver: null });
  });
});
