/** What MONAI, torch and nnU-Net call the things that the language has under another name. */

interface Foreign {
  /** In the language. */
  readonly name: string;
  /** Whether it is the very same, so that it may be written instead unasked; else it is only suggested. */
  readonly isSame: boolean;
}

const same = (name: string): Foreign => ({ name, isSame: true });
const like = (name: string): Foreign => ({ name, isSame: false });

/** By their letters and digits alone, in lower case: `DiceCELoss` and `dice_ce_loss` are one name. */
const FOREIGN: ReadonlyMap<string, Foreign> = new Map(
  Object.entries({
    // Losses.
    dicece: same('dice_cross_entropy'),
    diceceloss: same('dice_cross_entropy'),
    diceloss: same('dice'),
    dicefocal: same('dice_focal'),
    dicefocalloss: same('dice_focal'),
    tverskyloss: same('tversky'),
    generalizeddiceloss: same('generalized_dice'),
    crossentropy: like('dice_cross_entropy'),
    crossentropyloss: like('dice_cross_entropy'),
    focalloss: like('dice_focal'),
    lambdadice: same('dice_weight'),
    lambdace: same('cross_entropy_weight'),
    lambdafocal: same('focal_weight'),
    // Optimizers and schedules.
    lr: same('learning_rate'),
    wd: same('weight_decay'),
    eps: same('epsilon'),
    clipgradnorm: like('gradient_clip'),
    gradclip: like('gradient_clip'),
    numepochs: same('epochs'),
    maxepochs: same('epochs'),
    nepochs: same('epochs'),
    scheduler: like('lr_schedule'),
    lrscheduler: like('lr_schedule'),
    warmupcosineschedule: same('warmup_cosine'),
    cosine: like('warmup_cosine'),
    cosineannealinglr: like('warmup_cosine'),
    polylr: same('polynomial'),
    polynomiallr: same('polynomial'),
    valinterval: like('validate'),
    valevery: like('validate'),
    amp: like('precision'),
    fp16: like('precision'),
    mixedprecision: like('precision'),
    bf16: like('mixed'),
    bfloat16: like('mixed'),
    fp32: same('float32'),
    // Networks.
    nnunet: like('DynUNet'),
    plainconvunet: like('DynUNet'),
    // Patches and batches.
    batch: same('batch_size'),
    bs: same('batch_size'),
    patchsize: same('patch'),
    spatialsize: like('patch'),
    roisize: like('patch'),
    numworkers: same('workers'),
    nworkers: same('workers'),
    pixdim: same('spacing'),
    mode: like('blend'),
    // Augmentations.
    randflip: same('flip'),
    randflipd: same('flip'),
    randrotate90: same('rotate90'),
    randrotate90d: same('rotate90'),
    randaffine: same('affine'),
    randaffined: same('affine'),
    randscaleintensity: same('intensity_scale'),
    randscaleintensityd: same('intensity_scale'),
    randshiftintensity: same('intensity_shift'),
    randshiftintensityd: same('intensity_shift'),
    randgaussiannoise: same('gaussian_noise'),
    randgaussiannoised: same('gaussian_noise'),
    randgaussiansmooth: same('gaussian_smooth'),
    randgaussiansmoothd: same('gaussian_smooth'),
    randadjustcontrast: same('gamma'),
    randadjustcontrastd: same('gamma'),
    randbiasfield: same('bias_field'),
    randbiasfieldd: same('bias_field'),
    randsimulatelowresolution: same('low_resolution'),
    randsimulatelowresolutiond: same('low_resolution'),
    prob: same('probability'),
    // Metrics.
    dicemetric: same('dice'),
    hd95: same('hausdorff95'),
    hausdorffdistancemetric: like('hausdorff95'),
    hausdorff: like('hausdorff95'),
    surfacedicemetric: same('surface_dice'),
    nsd: same('surface_dice'),
    surfacedistancemetric: same('average_surface_distance'),
    asd: same('average_surface_distance'),
    assd: like('average_surface_distance'),
  }),
);

/** @returns null where nobody else calls anything so */
export function foreignName(written: string): Foreign | null {
  return FOREIGN.get(written.toLowerCase().replaceAll(/[^a-z0-9]/g, '')) ?? null;
}
