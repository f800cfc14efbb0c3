import type { PlanLoss, PlanModel } from '../../compiler/plan/schema.ts';
import { assertNever } from '../../dsl/assert-never.ts';

/** A class of MONAI and its constructor's arguments, for Python to make. */
export interface MonaiObject {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export function monaiModel(model: PlanModel): MonaiObject {
  const channels = { in_channels: model.inChannels, out_channels: model.outChannels };
  return { name: model.name, arguments: { ...channels, ...ownArguments(model) } };
}

function ownArguments(model: PlanModel): Readonly<Record<string, unknown>> {
  switch (model.name) {
    case 'SegResNet':
      return {
        init_filters: model.initFilters,
        blocks_down: model.blocksDown,
        blocks_up: model.blocksUp,
        norm: ['GROUP', { num_groups: model.normGroups }],
        upsample_mode: model.upsampleMode,
      };
    case 'SwinUNETR':
      return {
        feature_size: model.featureSize,
        depths: model.depths,
        num_heads: model.numHeads,
        window_size: model.windowSize,
        normalize: model.normalize,
        patch_norm: model.patchNorm,
        use_v2: model.useV2,
      };
    case 'UNet':
      return {
        spatial_dims: 3,
        channels: model.channels,
        strides: model.strides,
        kernel_size: model.kernelSize,
        up_kernel_size: model.upKernelSize,
        num_res_units: model.numResUnits,
        act: model.act,
        bias: model.bias,
        adn_ordering: model.adnOrdering,
      };
    case 'DynUNet':
      return {
        spatial_dims: 3,
        filters: model.filters,
        kernel_size: model.kernelSize,
        strides: model.strides,
        upsample_kernel_size: model.strides.slice(1),
        res_block: model.resBlock,
        deep_supervision: model.deepSupervision,
        deep_supr_num: model.deepSuprNum,
        trans_bias: model.transBias,
      };
    default:
      return assertNever(model);
  }
}

export function monaiLoss(loss: PlanLoss): MonaiObject {
  const common = {
    to_onehot_y: true,
    softmax: true,
    include_background: loss.includeBackground,
    batch: loss.batch,
    smooth_nr: loss.smoothNr,
    smooth_dr: loss.smoothDr,
  };
  switch (loss.kind) {
    case 'dice':
      return { name: 'DiceLoss', arguments: { ...common, ...diceArguments(loss) } };
    case 'dice_cross_entropy': {
      const weights = { lambda_dice: loss.diceWeight, lambda_ce: loss.crossEntropyWeight };
      return { name: 'DiceCELoss', arguments: { ...common, ...diceArguments(loss), ...weights } };
    }
    case 'dice_focal': {
      const weights = { lambda_dice: loss.diceWeight, lambda_focal: loss.focalWeight, gamma: loss.gamma };
      return { name: 'DiceFocalLoss', arguments: { ...common, ...diceArguments(loss), ...weights } };
    }
    case 'tversky':
      return { name: 'TverskyLoss', arguments: { ...common, alpha: loss.alpha, beta: loss.beta } };
    case 'generalized_dice':
      return { name: 'GeneralizedDiceLoss', arguments: { ...common, w_type: loss.weightType } };
    default:
      return assertNever(loss);
  }
}

function diceArguments({ squaredPred, jaccard }: { readonly squaredPred: boolean; readonly jaccard: boolean }) {
  return { squared_pred: squaredPred, jaccard };
}
