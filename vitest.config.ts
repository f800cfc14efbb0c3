import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // What tests train is no measurement, and what this user has measured is no business of theirs.
    env: { EXP_CALIBRATION: 'off' },
    testTimeout: 30_000,
    // Two cores: the native engine uses both itself, so test files that train run one after another.
    maxWorkers: 2,
    pool: 'forks',
  },
});
