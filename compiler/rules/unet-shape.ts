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
    'model.resBlock',
    'model.deepSupervision',
    'model.deepSuprNum',
  ],
  ({ model }, context) => {
    if (model.kind === 'DynUNet') checkDynUNet(model.settings, context);
  },
);

function checkUNet({ channels, strides, kernelSize, upKernelSize }: UNet, { report }: RuleContext): void {
  if (channels.length < 2) {
    const parameters = { model: 'UNet', field: 'channels', value: `[${channels.join(', ')}]` };
    const label = 'a UNet has two levels or more';
    report('EXP3017', 'model.channels', parameters, { label, help: 'for example `channels: [16, 32, 64]`' });
  } else if (strides.length !== channels.length - 1) {
    const counts = { other: 'channels', otherCount: channels.length, needed: channels.length - 1 };
    report('EXP3014', 'model.strides', { field: 'strides', count: strides.length, ...counts });
  }
  for (const [path, field, kernel] of [
    ['model.kernelSize', 'kernel_size', kernelSize],
    ['model.upKernelSize', 'up_kernel_size', upKernelSize],
  ] as const) {
    if (kernel.every(isOdd)) continue;
    const [x, y, z] = kernel;
    const odd = edgesText([nearestOdd(x), nearestOdd(y), nearestOdd(z)]);
    const parameters = { model: 'UNet', field, value: edgesText(kernel) };
    report('EXP3017', path, parameters, { label: 'its kernels are odd', help: `for example \`${field}: ${odd}\`` });
  }
}

function checkDynUNet(settings: DynUNet, { report }: RuleContext): void {
  const { strides, kernelSize, filters, upsampleKernelSize, resBlock, deepSupervision, deepSuprNum } = settings;
  const levels = strides.length;
  const wrong = (field: string, path: string, value: string, label: string, help: string) =>
    report('EXP3017', path, { model: 'DynUNet', field, value }, { label, help });
  const written = listText(strides);

  if (levels < 3) {
    wrong('strides', 'model.strides', written, 'it has three levels or more', 'for example `strides: [1, 2, 2]`');
    return;
  }
  if (strides[0]?.some((edge) => edge !== 1)) {
    const help = `for example \`strides: ${listText([[1, 1, 1], ...strides.slice(1)])}\``;
    wrong(
      'strides',
      'model.strides',
      written,
      'with another first stride than 1 the result has not the label’s size',
      help,
    );
  } else if (resBlock && strides.some((stride) => stride.some((edge) => edge > 2))) {
    const help = 'write strides of 1 and 2, or `res_block: false`';
    wrong('strides', 'model.strides', written, 'residual blocks take strides up to 2, as in MONAI', help);
  }
  for (const [path, field, list] of [
    ['model.kernelSize', 'kernel_size', kernelSize],
    ['model.filters', 'filters', filters],
  ] as const) {
    if (list === null || list.length === levels) continue;
    report('EXP3014', path, { field, count: list.length, other: 'strides', otherCount: levels, needed: levels });
  }
  const isNarrow = (kernel: Triple, level: number) =>
    kernel.some((edge, axis) => edge + 1 < (strides[level]?.[axis] ?? 1));
  if (kernelSize?.some(isNarrow)) {
    const help = 'an edge of a kernel is at least its stride less 1';
    wrong('kernel_size', 'model.kernelSize', listText(kernelSize), 'a kernel is too small for its stride', help);
  }
  const upwards = listText(strides.slice(1));
  if (upsampleKernelSize !== null && listText(upsampleKernelSize) !== upwards) {
    const help = `leave it out, or write \`upsample_kernel_size: ${upwards}\``;
    const path = 'model.upsampleKernelSize';
    wrong('upsample_kernel_size', path, listText(upsampleKernelSize), 'it is the strides without the first', help);
  }
  if (deepSupervision && deepSuprNum >= levels - 1) {
    const label = `there are ${levels - 1} levels up`;
    wrong('deep_supr_num', 'model.deepSuprNum', String(deepSuprNum), label, `at most ${levels - 2}`);
  }
}

function isOdd(edge: number): boolean {
  return edge % 2 === 1;
}

function nearestOdd(edge: number): number {
  return isOdd(edge) ? edge : edge - 1;
}

function listText(list: readonly Triple[]): string {
  return `[${list.map(edgesText).join(', ')}]`;
}

function edgesText(edges: Triple): string {
  return edges.every((edge) => edge === edges[0]) ? String(edges[0]) : edges.join('x');
}
