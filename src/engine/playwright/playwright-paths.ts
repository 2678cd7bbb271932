import { createRequire } from 'node:module';
import path from 'node:path';
import { projectFolder } from '../../kernel/project-files.js';

/** The program that runs behaviours: npm may have put it into any folder above this one. */
export function playwrightCli(): string {
  return createRequire(import.meta.url).resolve('@playwright/test/cli');
}

/** The configuration that it is run with: always the compiled one, whatever has started this process. */
export const playwrightConfig = path.join(
  projectFolder,
  ...['dist', 'src', 'engine', 'playwright', 'playwright-config.js'],
);
