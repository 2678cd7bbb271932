import { readFileSync } from 'node:fs';
import { expect, vi } from 'vitest';

// Test files of a worker share what they import. One that replaces a module gets its own copies, and so does the file after it.
const shared = globalThis as { modulesReplaced?: boolean };
const replaces = /\bvi\.(mock|doMock)\(/.test(readFileSync(expect.getState().testPath!, 'utf8'));
if (replaces || shared.modulesReplaced) vi.resetModules();
shared.modulesReplaced = replaces;
