import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';

export let root: string;

/** A state folder of its own for every test of the file. */
export function useStateFolder(): void {
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'meshproof-runs-'));
    process.env['MESHPROOF_STATE_DIR'] = root;
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
    delete process.env['MESHPROOF_STATE_DIR'];
  });
}
