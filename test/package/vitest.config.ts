import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { dir: import.meta.dirname, include: ['installed.check.ts'], testTimeout: 240_000, hookTimeout: 240_000 },
});
