import { exitCode } from '../topology/errors.js';
import type { Plan } from '../topology/types.js';
import { CommandError, run } from './command.js';
import { imageIds } from './docker.js';
import { clusterImages } from './node-image.js';
import type { Check } from './preflight.js';
import type { DockerInfo } from './preflight-docker.js';

/** One check per image that is not in the local Docker, or one that all of them are. */
export async function imageChecks(docker: string, plan: Plan, info: DockerInfo): Promise<Check[]> {
  const images = [plan.images['kind-node'], ...clusterImages(plan)];
  const local = await imageIds(images);
  const missing = images.filter((image) => !local.has(image));
  if (missing.length === 0) {
    const found = `all ${images.length} in the local Docker`;
    return [{ name: 'images', ok: true, found, expected: 'every image of the plan', remedy: '', level: 'error' }];
  }
  if (plan.environment.imagesAreLocal) return missing.map((image) => missingLocally(image, plan));
  // the daemon may reach a registry by a mirror or proxy of its own when this machine's docker program cannot
  const hidden = Boolean(info.HttpsProxy) || (info.RegistryConfig?.Mirrors ?? []).length > 0;
  return perRegistry(await Promise.all(missing.map((image) => registryCheck(docker, image, info, hidden))));
}

function missingLocally(image: string, plan: Plan): Check {
  return {
    name: `image ${image}`,
    ok: false,
    found: 'not in the local Docker',
    expected: `in the local Docker: the images of environment ${plan.environment.name} are in no registry`,
    remedy: `load it (docker load) or correct it in ${plan.environment.file}; the lab's images come with \`meshproof lab up\``,
    level: 'error',
    code: exitCode.environment,
  };
}

/** A registry that cannot be reached is one trouble, however many images are to come from it. */
export function perRegistry(checks: readonly RegistryCheck[]): Check[] {
  const first = new Map<string, Check>();
  return checks.flatMap(({ unreachable, registry, check }) => {
    if (!unreachable) return [check];
    const known = first.get(check.found);
    if (known) {
      known.expected += `, ${check.name.replace('image ', '')}`;
      return [];
    }
    const expected = `that it can be asked for ${check.name.replace('image ', '')}`;
    const whole = { ...check, name: `registry ${registry}`, expected };
    first.set(check.found, whole);
    return [whole];
  });
}

export interface RegistryCheck {
  registry: string;
  unreachable: boolean;
  check: Check;
}

/** Seconds until a registry that does not answer is given up. */
const patience = 10;

/** Does the registry hold it? Asked without pulling. */
async function registryCheck(docker: string, image: string, info: DockerInfo, hidden: boolean): Promise<RegistryCheck> {
  const registry = registryOf(image);
  const base = { name: `image ${image}`, expected: 'in the local Docker or in its registry', level: 'error' as const };
  try {
    // the docker program itself does not know which registries the daemon uses without TLS
    const flags = isInsecure(registry, info) ? ['--insecure'] : [];
    await run(docker, ['manifest', 'inspect', ...flags, image], { timeout: patience });
    return { registry, unreachable: false, check: { ...base, ok: true, found: `in ${registry}`, remedy: '' } };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const { found, remedy, unreachable } = registryTrouble(image, `${error.message}\n${error.output}`);
    const level = unreachable && hidden ? 'warning' : 'error';
    return { registry, unreachable, check: { ...base, ok: false, found, remedy, level, code: exitCode.environment } };
  }
}

/** Does the daemon use the registry without TLS? It does so on the machine itself, and where it is configured to. */
function isInsecure(registry: string, info: DockerInfo): boolean {
  return (
    /^(127\.\d+\.\d+\.\d+|localhost)(:|$)/.test(registry) ||
    info.RegistryConfig?.IndexConfigs?.[registry]?.Secure === false
  );
}

/** What `docker manifest inspect` says, as what was found and what to do. */
export function registryTrouble(
  image: string,
  output: string,
): { found: string; remedy: string; unreachable: boolean } {
  const registry = registryOf(image);
  if (/no such manifest|manifest unknown|not found: manifest|name unknown|repository does not exist/i.test(output)) {
    return {
      found: `${registry} has no such image`,
      remedy: 'correct its name or tag in the environment file',
      unreachable: false,
    };
  }
  if (/unauthorized|authentication required|no basic auth credentials|denied/i.test(output)) {
    return {
      found: `${registry} refuses access, or has no such image`,
      remedy: `docker login ${registry}`,
      unreachable: false,
    };
  }
  const failure = /\bstatus(?: code)?:? (5\d\d\b[^\n]*)/i.exec(output)?.[1];
  if (failure) {
    return {
      found: `${registry} fails: ${failure.trim()}`,
      remedy: `see what is wrong with it, or name another registry (--registry), or \`docker pull ${image}\``,
      unreachable: true,
    };
  }
  const reason = /did not end within/.test(output)
    ? `no answer in ${patience} s`
    : (/(connection refused|no such host|i\/o timeout|certificate[^\n]*|TLS handshake timeout)/i.exec(output)?.[0] ??
      output.trim().split('\n').at(-1));
  return {
    found: `${registry} cannot be reached: ${reason}`,
    remedy: `check the network and proxy settings, or name another registry (--registry), or \`docker pull ${image}\``,
    unreachable: true,
  };
}

/** The registry of an image name: its first part when that looks like a host. */
export function registryOf(image: string): string {
  const first = image.split('/')[0] ?? '';
  return image.includes('/') && (/[.:]/.test(first) || first === 'localhost') ? first : 'Docker Hub';
}
