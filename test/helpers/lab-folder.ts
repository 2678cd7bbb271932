import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';

export let folder: string;

/** A folder of its own, with the lab's home in it, for every test of the file. */
export function useLabFolder(): void {
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'lab-'));
    vi.stubEnv('MESHPROOF_LAB_HOME', path.join(folder, 'home'));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
}
