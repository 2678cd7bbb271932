import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: import.meta.dirname,
  testMatch: '*.pw.ts',
  outputDir: process.env['ATTACH_OUTPUT'],
  reporter: 'json',
  workers: 1,
  projects: [{ name: 'two-clusters' }],
});
