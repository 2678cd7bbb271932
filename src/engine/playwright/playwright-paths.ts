import path from 'node:path';
import { projectFolder } from '../../kernel/project-files.js';

/** The program and the configuration that run the suites. */
export const playwrightCli = path.join(projectFolder, 'node_modules', '@playwright', 'test', 'cli.js');
export const playwrightConfig = path.join(projectFolder, 'playwright.config.ts');
