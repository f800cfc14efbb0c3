/** Profiles that every file has, in the language itself. A file's own profile of the same name stands in for one. */
export const PROFILE_CATALOGUE = `
profile local on local { }

profile cloud-gpu on aws.g4dn.xlarge {
  batch_size: 2..4
  workers: 4
  cache: memory
}

profile mac-test on apple.mac-mini {
  model SegResNet { init_filters: 16 }
  patch: 64x64x64
  batch_size: 1
  schedule { epochs: 2 }
  dataset { subjects: first 8 }
  workers: 0
  cache: none
}
`;

/** Those that are for a short try: they make nothing larger than the file has it. */
export const TRIAL_PROFILES: ReadonlySet<string> = new Set(['mac-test']);
