import { spawn } from 'node:child_process';
import process from 'node:process';

/** Opens a file in the browser of a person who sits at this terminal. Returns why it did not. */
export function openInBrowser(file: string): string | undefined {
  const { CI, DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (!process.stdin.isTTY || !process.stderr.isTTY) return 'stdout is not a terminal';
  if (CI) return 'CI is set';
  const mac = process.platform === 'darwin';
  if (!mac && !DISPLAY && !WAYLAND_DISPLAY) return 'there is no screen (neither DISPLAY nor WAYLAND_DISPLAY is set)';
  const child = spawn(mac ? 'open' : 'xdg-open', [file], { detached: true, stdio: 'ignore' });
  // a machine without xdg-open: the path is printed all the same
  child.on('error', () => {});
  child.unref();
  return undefined;
}
