import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // the Kubernetes client takes a second to import: once for every worker instead of once for every file
    isolate: false,
    // a unit test that takes longer waits for something it should not need
    testTimeout: 10_000,
  },
});
