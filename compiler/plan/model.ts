import { assertNever } from '../../dsl/assert-never.ts';
import type { ExperimentValues } from '../fields/experiment.ts';
import type { Triple } from '../fields/values/sizes.ts';
import type { PlanModel } from './schema.ts';

/** The network of an experiment, with what follows from other values filled in. */
export function planModel({ model, dataset }: Pick<ExperimentValues, 'model' | 'dataset'>): PlanModel {
  return modelOf(model, model.settings.outChannels ?? impliedClasses(dataset) ?? 2);
}

/** Background and the merged foreground; null where the labels' own values are the classes. */
function impliedClasses(dataset: ExperimentValues['dataset']): number | null {
  return dataset.settings.foreground === null ? null : 2;
}

export function modelOf(model: ExperimentValues['model'], outChannels: number): PlanModel {
  const { inChannels } = model.settings;
  switch (model.kind) {
    case 'SegResNet': {
      const { initFilters, blocksDown, blocksUp, normGroups, upsampleMode } = model.settings;
      const blocks = { blocksDown: [...blocksDown], blocksUp: [...blocksUp] };
      return { name: model.kind, inChannels, outChannels, initFilters, ...blocks, normGroups, upsampleMode };
    }
    case 'SwinUNETR': {
      const { featureSize, depths, numHeads, windowSize, normalize, patchNorm, useV2 } = model.settings;
      return {
        name: model.kind,
        inChannels,
        outChannels,
        featureSize,
        depths: [...depths],
        numHeads: [...numHeads],
        windowSize,
        normalize,
        patchNorm,
        useV2,
      };
    }
    case 'UNet': {
      const { channels, strides, kernelSize, upKernelSize, numResUnits, act, bias, adnOrdering } = model.settings;
      return {
        name: model.kind,
        inChannels,
        outChannels,
        channels: [...channels],
        strides: copies(strides),
        kernelSize: [...kernelSize],
        upKernelSize: [...upKernelSize],
        numResUnits,
        act,
        bias,
        adnOrdering,
      };
    }
    case 'DynUNet': {
      const { filters, kernelSize, strides, resBlock, deepSupervision, deepSuprNum, transBias } = model.settings;
      return {
        name: model.kind,
        inChannels,
        outChannels,
        filters: filters === null ? nnunetFilters(strides.length) : [...filters],
        kernelSize: kernelSize === null ? strides.map(() => [3, 3, 3]) : copies(kernelSize),
        strides: copies(strides),
        resBlock,
        deepSupervision,
        deepSuprNum,
        transBias,
      };
    }
    default:
      return assertNever(model);
  }
}

/** @see MONAI DynUNet, filters None */
function nnunetFilters(levels: number): number[] {
  return Array.from({ length: levels }, (_, level) => Math.min(2 ** (5 + level), 320));
}

function copies(triples: readonly Triple[]): [number, number, number][] {
  return triples.map(([x, y, z]) => [x, y, z]);
}
