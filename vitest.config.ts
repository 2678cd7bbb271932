import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // what is imported is shared by the files of a worker; the Kubernetes client alone takes most of a second
    isolate: false,
    // vitest leaves one processor to itself, which it uses for nothing while tests run
    maxWorkers: availableParallelism(),
    // a unit test that takes longer waits for something it should not need
    testTimeout: 10_000,
  },
});
