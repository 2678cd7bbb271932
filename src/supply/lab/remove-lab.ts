import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { run } from '../../kernel/run-program.js';
import type { Steps } from '../../kernel/steps.js';
import { stopDocker, unmountBelow } from './lab-daemon.js';
import { removePackages } from './debian.js';
import { inHome } from './lab-home.js';
import { readLabState } from './lab-state.js';

/** Ends the lab's Docker with everything that runs in it. Images and programs stay for the next `up`. */
export async function labDown(steps: Steps): Promise<void> {
  const left = await steps.step('stop Docker', {}, () => stopDocker());
  if (left !== undefined) steps.note(left);
}

/** Undoes everything that the lab did to this machine: Docker, its folder, and the Debian packages that it installed. */
export async function labRemove(steps: Steps): Promise<void> {
  await labDown(steps);
  const { packages } = readLabState();
  if (existsSync(inHome())) {
    await steps.step(`remove ${inHome()}`, {}, async () => {
      await unmountBelow(inHome());
      // Go's module cache is read-only, also for those who remove it
      await run('chmod', ['-R', 'u+w', inHome()], { timeout: 300 }).catch(() => '');
      await rm(inHome(), { recursive: true, force: true });
    });
  }
  if (packages.length > 0) {
    const needed = await steps.step(`remove ${packages.length} Debian packages`, {}, () => removePackages(packages));
    if (needed.length > 0) steps.note(`left, because other packages need them: ${needed.join(', ')}`);
  }
}
