import type { ExperimentValues } from '../fields/experiment.ts';
import type { Triple } from '../fields/values/sizes.ts';
import { type RuleContext, rule } from './rule.ts';

/** Settings of UNet and DynUNet that have to fit each other. */

type UNet = Extract<ExperimentValues['model'], { kind: 'UNet' }>['settings'];
type DynUNet = Extract<ExperimentValues['model'], { kind: 'DynUNet' }>['settings'];

export const unetShape = rule(
  ['model.name', 'model.channels', 'model.strides', 'model.kernelSize', 'model.upKernelSize'],
  ({ model }, context) => {
    if (model.kind === 'UNet') checkUNet(model.settings, context);
  },
);

export const dynUnetShape = rule(
  [
    'model.name',
    'model.strides',
    'model.kernelSize',
    'model.filters',
    'model.upsampleKernelSize',
    'model.deepSupervision',
    'model.deepSuprNum',
  ],
  ({ model }, context) => {
    if (model.kind === 'DynUNet') checkDynUNet(model.settings, context);
  },
);

function checkUNet({ channels, strides, kernelSize, upKernelSize }: UNet, { report }: RuleContext): void {
  if (channels.length < 2) {
    const label = 'a UNet has two levels or more';
    report(
      'EXP3017',
      'model.channels',
      { model: 'UNet', field: 'channels', value: `[${channels.join(', ')}]` },
      { label },
    );
  } else if (strides.length !== channels.length - 1) {
    const counts = { other: 'channels', otherCount: channels.length, needed: channels.length - 1 };
    report('EXP3014', 'model.strides', { field: 'strides', count: strides.length, ...counts });
  }
  for (const [path, field, kernel] of [
    ['model.kernelSize', 'kernel_size', kernelSize],
    ['model.upKernelSize', 'up_kernel_size', upKernelSize],
  ] as const) {
    if (kernel.every((edge) => edge % 2 === 1)) continue;
    report('EXP3017', path, { model: 'UNet', field, value: edgesText(kernel) }, { label: 'its kernels are odd' });
  }
}

function checkDynUNet(settings: DynUNet, { report }: RuleContext): void {
  const { strides, kernelSize, filters, upsampleKernelSize, deepSupervision, deepSuprNum } = settings;
  const levels = strides.length;
  const wrong = (field: string, path: string, value: string, label: string) =>
    report('EXP3017', path, { model: 'DynUNet', field, value }, { label });

  if (levels < 3) {
    wrong('strides', 'model.strides', listText(strides), 'a DynUNet has three levels or more');
    return;
  }
  if (strides[0]?.some((edge) => edge !== 1)) {
    wrong(
      'strides',
      'model.strides',
      listText(strides),
      'the first stride is 1, or the result is smaller than the label',
    );
  }
  for (const [path, field, list] of [
    ['model.kernelSize', 'kernel_size', kernelSize],
    ['model.filters', 'filters', filters],
  ] as const) {
    if (list === null || list.length === levels) continue;
    report('EXP3014', path, { field, count: list.length, other: 'strides', otherCount: levels, needed: levels });
  }
  const narrow = kernelSize?.find((kernel, level) =>
    kernel.some((edge, axis) => edge + 1 < (strides[level]?.[axis] ?? 1)),
  );
  if (kernelSize !== null && narrow !== undefined) {
    wrong('kernel_size', 'model.kernelSize', listText(kernelSize), 'a kernel is too small for its stride');
  }
  if (upsampleKernelSize !== null && listText(upsampleKernelSize) !== listText(strides.slice(1))) {
    const label = `the strides without the first are ${listText(strides.slice(1))}`;
    wrong('upsample_kernel_size', 'model.upsampleKernelSize', listText(upsampleKernelSize), label);
  }
  if (deepSupervision && deepSuprNum >= levels - 1) {
    wrong('deep_supr_num', 'model.deepSuprNum', String(deepSuprNum), `there are ${levels - 1} levels up`);
  }
}

function listText(list: readonly Triple[]): string {
  return `[${list.map(edgesText).join(', ')}]`;
}

function edgesText(edges: Triple): string {
  return edges.every((edge) => edge === edges[0]) ? String(edges[0]) : edges.join('x');
}
