import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { loadCheckpoint } from '../../../runtime/checkpoints/checkpoint.ts';
import { randomStream } from '../../../runtime/data/random.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { bundlePrograms } from '../../helpers/trainer-bundle.ts';
import { contextOf, vectorsOf } from './samples.ts';

const KILLS = 12;

it('a process killed at any moment of saving leaves a whole checkpoint, at most one behind its last', {
  timeout: 120_000,
}, async () => {
  const [program = ''] = await bundlePrograms('test/runtime/checkpoints/save-forever.ts');
  const context = contextOf(temporaryFolder());
  const random = randomStream({ seed: 1, purpose: 'phantom' });
  let step = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const child = spawn(process.execPath, [program, context.runDir, String(step + 1)]);
    let printed = '';
    child.stdout.on('data', (text) => {
      printed += text;
    });
    await once(child.stdout, 'data');
    await sleep(random.uniform() * 40);
    child.kill('SIGKILL');
    await once(child, 'close');

    const reported = Number(printed.trim().split('\n').at(-1));
    const loaded = loadCheckpoint(context, 'last');
    expect(loaded?.insteadOf).toBeNull();
    step = loaded?.progress.step ?? 0;
    // Between its two renames the newest is not there yet and the one before stands in.
    expect([reported - 1, reported, reported + 1]).toContain(step);
    expect(loaded?.weights).toEqual(vectorsOf(context, step).weights);
  }
});
