import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // what is imported is shared by the files of a worker; the Kubernetes client alone takes most of a second
    isolate: false,
    // vitest leaves one processor to itself, which it uses for nothing while tests run
    maxWorkers: availableParallelism(),
    // ends what hangs; on a machine that is busy with clusters a test takes ten times as long as alone
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
