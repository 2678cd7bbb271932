import path from 'node:path';
import { format, resolveConfig } from 'prettier';

/** Text as the project formats a file of this path below `root`. */
export async function formatted(root, file, text) {
  const filepath = path.join(root, file);
  return format(text, { ...(await resolveConfig(filepath)), filepath });
}
