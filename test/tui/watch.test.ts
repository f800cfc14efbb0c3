import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EventWriter } from '../../runtime/events/write.ts';
import { createRun } from '../../runtime/run/run-folder.ts';
import { expInProcess, temporaryFolder } from '../helpers/cli.ts';
import { tinyPlanFile } from '../helpers/tiny-plan.ts';
import { finishedRun } from './sample-run.ts';

const folder = temporaryFolder();
const { id, dir } = createRun({
  runsDir: join(folder, 'runs'),
  planFile: tinyPlanFile(),
  source: '',
  baseDir: folder,
  sourcePath: join(folder, 'tiny.exp'),
});
const events = new EventWriter(dir);
for (const event of finishedRun()) events.write(event);
events.close();

it('says how a run has ended, also where SIGTERM comes before anything has been read', async () => {
  const atOnce = (name: string | symbol, listener: () => void) => {
    if (name === 'SIGTERM') queueMicrotask(listener);
  };
  process.on('newListener', atOnce);
  const ended = await expInProcess(['watch', id], { cwd: folder }).finally(() => process.off('newListener', atOnce));
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ended.stdout).toMatch(/^\ncompleted {2}organ · lab {2}20 epochs, 160 steps/);
});
