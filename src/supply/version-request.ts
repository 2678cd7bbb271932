import path from 'node:path';
import { isExecutable, versionOf } from './programs.js';
import { versionOptions } from './environment-schema.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import type { VersionRequest } from '../topology/environment-types.js';

type Asked = Partial<Record<keyof typeof versionOptions, string>>;

/**
 * The versions that the options ask for. An istioctl is run to learn its version. Throws (exit 2) for a value that cannot be,
 * with what could.
 */
export async function versionRequest(options: Asked): Promise<VersionRequest> {
  const request: VersionRequest = {};
  for (const [name, schema] of Object.entries(versionOptions) as [
    keyof typeof versionOptions,
    typeof versionOptions.hub,
  ][]) {
    const value = options[name];
    if (value === undefined) continue;
    const { error } = schema.safeParse(value);
    if (error) {
      const [message, expected] = error.issues[0]!.message.split('; allowed: ');
      throw new MeshproofError(`${value} ${message}`, exitCode.usage, { where: `--${name}`, expected });
    }
    request[name] = value;
  }
  const variable = process.env['MESHPROOF_ISTIOCTL'];
  const istioctl = request.istioctl ?? variable;
  if (!istioctl) return request;
  const file = path.resolve(istioctl);
  const executable = await isExecutable(file);
  // what the variable names is checked with the other programs, before anything is made
  if (!executable && request.istioctl !== undefined) {
    throw new MeshproofError(`${file} is not an executable file`, exitCode.usage, {
      where: '--istioctl',
      expected: 'the path of an istioctl',
    });
  }
  const istioctlVersion = executable ? ((await versionOf('istioctl', file)) ?? 'of unknown version') : undefined;
  return { ...request, istioctl: file, istioctlVersion };
}
