// A folder of a script's own, the settings that keep meshproof inside it, and what must be undone at the end.
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { which } from 'zx';

export function createWorkspace(name) {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  const undo = [() => rmSync(folder, { recursive: true, force: true })];
  return {
    folder,
    /** Registers what `close` undoes; the last one comes first. */
    defer: (work) => void undo.push(work),
    close: async () => {
      for (const work of undo.reverse()) await work();
    },
    /** Variables for meshproof with a state and a cache of its own; with `path` the lab's programs are hidden too. */
    env: ({ cache, path, more }) => ({
      ...process.env,
      MESHPROOF_STATE_DIR: join(folder, 'state'),
      XDG_CACHE_HOME: join(folder, cache),
      ...(path ? { PATH: path, MESHPROOF_LAB_HOME: join(folder, 'no-lab') } : {}),
      ...more,
    }),
    /** A PATH with docker and what scripts need, without kind, kubectl and istioctl: they must be downloaded. */
    barePath: async () => {
      const bin = mkdtempSync(join(folder, 'bin-'));
      for (const program of ['sh', 'dirname', 'readlink', 'node', 'docker', 'git']) {
        const file = await which(program, { nothrow: true });
        if (file) symlinkSync(file, join(bin, program));
      }
      return bin;
    },
  };
}
