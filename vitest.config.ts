import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // a unit test that takes longer waits for something it should not need
    testTimeout: 10_000,
  },
});
