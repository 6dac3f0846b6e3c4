import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,lsp,cli,webview}/**/*.test.ts'],
    globalSetup: './test/setup.mjs',
    setupFiles: './test/fuzz-seed.mjs',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    env: { NEARSIGHT_DATA: process.env.NEARSIGHT_DATA ?? new URL('../shared/data', import.meta.url).pathname },
  },
});
