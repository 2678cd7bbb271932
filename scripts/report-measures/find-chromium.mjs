import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const usual = ['chromium', 'chromium-browser', 'google-chrome'];

/** What to do where there is none. */
export const howToInstall = 'install it (Debian: apt-get install -y chromium), or name another one in CHROMIUM';

/** The Chromium that CHROMIUM names, else one of the usual names on PATH; undefined where there is none. */
export function findChromium({ CHROMIUM, PATH = '' } = process.env) {
  return (CHROMIUM ? [CHROMIUM] : usual)
    .flatMap((name) =>
      name.includes('/') ? [name] : PATH.split(path.delimiter).map((folder) => path.join(folder, name)),
    )
    .find(isProgram);
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
