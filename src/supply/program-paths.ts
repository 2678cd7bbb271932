import { exitCode, MeshproofError } from '../kernel/errors.js';

/** Where the programs are that are run by path. */
export interface Programs {
  kind: string;
  /** By the version of Istio that each belongs to. */
  istioctl: Readonly<Record<string, string>>;
  /** Only where a plan needs it. */
  helm?: string;
}

/** The istioctl of a version of Istio. Throws (exit 3) where it was not looked for. */
export function istioctlOf({ istioctl }: Pick<Programs, 'istioctl'>, version: string): string {
  const found = istioctl[version];
  if (found) return found;
  throw new MeshproofError(`no istioctl for Istio ${version}`, exitCode.preflight, {
    expected: `istioctl ${version}; there is ${Object.keys(istioctl).join(', ') || 'none'}`,
  });
}
