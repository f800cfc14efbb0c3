/** The networks that `exp init` writes, the first unless told otherwise. Loaded with every start: no imports. */
export const INIT_MODELS = ['SegResNet', 'SwinUNETR', 'UNet', 'DynUNet'] as const;

export type InitModel = (typeof INIT_MODELS)[number];
