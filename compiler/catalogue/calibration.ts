/**
 * What `exp calibrate` trains, in the language itself: two networks that between them do all that networks here do, small
 * enough for half a minute each. Convolutions and group norms make up SegResNet; SwinUNETR adds matrix products, softmax,
 * layer norms and the moving of windows. Each takes twelve steps on phantoms and looks at one case.
 */
export const CALIBRATION_EXPERIMENTS = [
  {
    name: 'SegResNet, 64³',
    text: `experiment calibrate-segresnet {
  dataset phantom(subjects: 4, size: 64, seed: 1) { split: 75% / 25% / 0% }
  model SegResNet { init_filters: 16  out_channels: 2 }
  patch: 64x64x64
  sampling: uniform(per_case: 4)
  loss: dice_cross_entropy(include_background: false)
  optimizer: adamw(learning_rate: 1e-4)
  schedule { epochs: 1 }
  predict: none
  workers: 0
}
`,
  },
  {
    name: 'SwinUNETR, 64³',
    text: `experiment calibrate-swinunetr {
  dataset phantom(subjects: 4, size: 64, seed: 1) { split: 75% / 25% / 0% }
  model SwinUNETR { feature_size: 24  out_channels: 2 }
  patch: 64x64x64
  sampling: uniform(per_case: 4)
  loss: dice_cross_entropy(include_background: false)
  optimizer: adamw(learning_rate: 1e-4)
  schedule { epochs: 1 }
  predict: none
  workers: 0
}
`,
  },
] as const;
