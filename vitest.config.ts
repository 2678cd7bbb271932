import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/global-setup.mjs',
    setupFiles: 'test/mocked-modules.ts',
    // what is imported is shared by the files of a worker; the Kubernetes client alone takes most of a second
    isolate: false,
    // tests of whole commands wait half of their time: four of them at once on two processors take 240 s instead of 355 s
    maxWorkers: 2 * availableParallelism(),
    // ends what hangs; a test that runs the program with Playwright takes 5 s, and ten times as long on a busy machine
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
