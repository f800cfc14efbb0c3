import { join } from 'node:path';
import type { PlanFile } from '../../compiler/plan/schema.ts';
import { classNames } from '../data/class-names.ts';
import { openData } from '../data/data-module.ts';
import { describeUnlabelled } from '../data/layouts/found-dataset.ts';
import type { DataModule } from '../data/types.ts';
import { cacheRoot } from '../engine/provision/cache.ts';
import type { EventWriter } from '../events/write.ts';
import type { RunFolder } from '../run/run-folder.ts';

/** Opens the data of a plan, and writes down what was found. */
export async function openPlanData(folder: RunFolder, { plan }: PlanFile, events: EventWriter): Promise<DataModule> {
  const data = await openData({
    ...plan,
    baseDir: folder.info.baseDir,
    cacheDir: join(cacheRoot(), 'data'),
    classes: plan.model.outChannels,
    channels: plan.model.inChannels,
    onCacheFull: (cases, bytes) => events.write({ type: 'log', level: 'warning', message: describeFull(cases, bytes) }),
  });
  const leftOut = describeUnlabelled(data.index.unlabelled);
  if (leftOut !== null) events.write({ type: 'log', level: 'warning', message: leftOut });
  const ids = (cases: readonly { readonly id: string }[]) => cases.map(({ id }) => id);
  const { train: trained, validation, test } = data.split;
  events.write({
    type: 'data',
    name: data.index.name,
    subjects: { train: ids(trained), validation: ids(validation), test: ids(test) },
    stepsPerEpoch: data.stepsPerEpoch,
    epochs: plan.schedule.epochs,
    digest: data.index.digest,
    source: data.index.root,
    classes: [...classNames(data.index.root, plan.dataset, plan.model.outChannels)],
  });
  return data;
}

function describeFull(cases: number, bytes: number): string {
  const kept = `${cases} prepared case${cases === 1 ? '' : 's'} (${(bytes / 1e9).toFixed(1)} GB)`;
  return `memory for ${kept} is used up: all others are read anew at each visit; \`cache: disk\` keeps them`;
}
