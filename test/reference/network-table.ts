import type { TrainingSettings } from '../../compiler/graph/programs.ts';
import { DICE_CE, DYNUNET, SEGRESNET, SWIN_UNETR, THREE, TWO, trainingSettings, UNET } from '../helpers/models.ts';

/** The configurations that stand beside MONAI. */

export interface Configuration extends TrainingSettings {
  /** Whether plain test runs have it too, and not only `npm run numerics`. */
  readonly always: boolean;
}

type Options = Partial<Pick<Configuration, 'always' | 'batchSize' | 'loss'>>;

function configuration(
  model: TrainingSettings['model'],
  patch: TrainingSettings['patch'],
  options: Options = {},
): Configuration {
  return {
    always: false,
    ...trainingSettings(model, patch),
    ...options,
  };
}

const weighted = { ...DICE_CE, includeBackground: true, diceWeight: 0.7, crossEntropyWeight: 1.3 };

/** Sides that tell the axes apart. */
const BOX: TrainingSettings['patch'] = [16, 24, 32];
const SWIN_BOX: TrainingSettings['patch'] = [64, 32, 96];

const FLAT: [number, number, number] = [1, 2, 2];

export const CONFIGURATIONS: Readonly<Record<string, Configuration>> = {
  'SegResNet-8, 3 → 4 channels, two samples': configuration(
    { ...SEGRESNET, inChannels: 3, outChannels: 4 },
    [24, 16, 40],
    { batchSize: 2, loss: weighted, always: true },
  ),
  'SegResNet-8, deconv': configuration({ ...SEGRESNET, upsampleMode: 'deconv' }, BOX, { always: true }),
  'SegResNet-16': configuration({ ...SEGRESNET, initFilters: 16 }, [64, 64, 64]),
  'SegResNet-16, deconv': configuration({ ...SEGRESNET, initFilters: 16, upsampleMode: 'deconv' }, BOX),
  'SegResNet-32': configuration({ ...SEGRESNET, initFilters: 32 }, BOX),
  'SegResNet-32, deconv': configuration({ ...SEGRESNET, initFilters: 32, upsampleMode: 'deconv' }, BOX),
  'SegResNet-16, three levels': configuration(
    { ...SEGRESNET, initFilters: 16, blocksDown: [2, 1, 3], blocksUp: [2, 1], normGroups: 4 },
    BOX,
  ),

  'SwinUNETR-12, 2 → 3 channels': configuration(
    { ...SWIN_UNETR, featureSize: 12, inChannels: 2, outChannels: 3 },
    [64, 32, 32],
    { loss: weighted, always: true },
  ),
  'SwinUNETR-12, two boxes': configuration({ ...SWIN_UNETR, featureSize: 12 }, SWIN_BOX, {
    batchSize: 2,
    loss: weighted,
  }),
  'SwinUNETR-12, v2': configuration({ ...SWIN_UNETR, featureSize: 12, useV2: true }, [64, 32, 32]),
  'SwinUNETR-12, patch norm, not normalised': configuration(
    { ...SWIN_UNETR, featureSize: 12, patchNorm: true, normalize: false },
    [64, 32, 32],
  ),
  'SwinUNETR-12, other depths, heads and windows, 4 → 4 channels': configuration(
    {
      ...SWIN_UNETR,
      featureSize: 12,
      depths: [1, 3, 2, 1],
      numHeads: [2, 4, 8, 16],
      windowSize: 4,
      inChannels: 4,
      outChannels: 4,
    },
    SWIN_BOX,
  ),
  'SwinUNETR-24': configuration(SWIN_UNETR, [64, 64, 64]),
  'SwinUNETR-24, v2, 3 → 2 channels': configuration({ ...SWIN_UNETR, useV2: true, inChannels: 3 }, [64, 64, 32]),
  'SwinUNETR-48': configuration({ ...SWIN_UNETR, featureSize: 48 }, [64, 64, 32]),

  UNet: configuration({ ...UNET, inChannels: 2, outChannels: 3 }, BOX, { loss: weighted, always: true }),
  'UNet, 2 residual units': configuration({ ...UNET, numResUnits: 2 }, BOX, { batchSize: 2, always: true }),
  'UNet, 1 residual unit, ReLU, no bias': configuration({ ...UNET, numResUnits: 1, act: 'relu', bias: false }, BOX),
  'UNet, 3 residual units, leaky ReLU, activation first': configuration(
    { ...UNET, numResUnits: 3, act: 'leakyrelu', adnOrdering: 'AND' },
    BOX,
  ),
  'UNet of MONAI’s spleen tutorial': configuration(
    { ...UNET, channels: [16, 32, 64, 128, 256], strides: [TWO, TWO, TWO, TWO], numResUnits: 2 },
    [48, 32, 64],
  ),
  'UNet, flat kernels and strides, one level without stride': configuration(
    {
      ...UNET,
      channels: [6, 8, 12, 16],
      strides: [FLAT, [1, 1, 1], [2, 2, 3]],
      kernelSize: [1, 3, 5],
      upKernelSize: [3, 3, 5],
      numResUnits: 1,
    },
    [8, 16, 24],
  ),

  DynUNet: configuration({ ...DYNUNET, inChannels: 2, outChannels: 3 }, BOX, { loss: weighted, always: true }),
  'DynUNet, residual, deep supervision on 2 levels': configuration(
    { ...DYNUNET, resBlock: true, deepSupervision: true, deepSuprNum: 2, transBias: true },
    BOX,
    { batchSize: 2, always: true },
  ),
  'DynUNet, deep supervision on 1 level': configuration({ ...DYNUNET, deepSupervision: true }, BOX),
  'DynUNet, flat kernels and strides': configuration(
    {
      ...DYNUNET,
      filters: [8, 16, 32, 32],
      kernelSize: [[1, 3, 3], THREE, THREE, [3, 5, 3]],
      // MONAI's residual blocks take strides up to 2: their 1×1×1 convolution's padding would be negative beyond.
      strides: [[1, 1, 1], FLAT, TWO, [1, 2, 2]],
      resBlock: true,
      deepSupervision: true,
      deepSuprNum: 2,
    },
    [8, 32, 40],
  ),
  'DynUNet of nnU-Net’s sizes': configuration(
    {
      ...DYNUNET,
      filters: [32, 64, 128, 256, 320],
      kernelSize: [THREE, THREE, THREE, THREE, THREE],
      strides: [[1, 1, 1], TWO, TWO, TWO, TWO],
    },
    [32, 32, 48],
  ),
};
