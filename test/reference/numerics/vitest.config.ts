import { defineConfig } from 'vitest/config';

/** `npm run numerics`: every test that compares with a reference, and the page docs/numerics.md made of their rows. */
export default defineConfig({
  test: {
    root: new URL('../../..', import.meta.url).pathname,
    include: [
      'test/reference/**/*.test.ts',
      'test/runtime/checkpoints/monai.test.ts',
      'test/runtime/data/channels.test.ts',
      'test/runtime/data/nifti-nibabel.test.ts',
      'test/runtime/data/sampler-monai.test.ts',
      'test/runtime/data/transforms-monai.test.ts',
      'test/runtime/inference/*.test.ts',
      'test/runtime/metrics/*.test.ts',
      'test/runtime/training/lr-schedule.test.ts',
      'test/runtime/weights/*.test.ts',
    ],
    globalSetup: 'test/reference/numerics/run.ts',
    testTimeout: 120_000,
    // One after another: the engine and torch use every core themselves.
    maxWorkers: 1,
    pool: 'forks',
  },
});
