import { InvalidArgumentError, Option, type Command } from 'commander';
import { program } from '../../kernel/project-files.js';

export function replaceMesh(): Option {
  return new Option('--replace-mesh', 'existing clusters: replace a mesh that meshproof did not install').default(
    false,
  );
}

export function contexts(text: string): Option {
  return new Option('--context <name>', text).argParser(several).default([]);
}

export function kubeconfig(): Option {
  return new Option('--kubeconfig <file>', 'kubeconfig file with the contexts; default: KUBECONFIG or ~/.kube/config');
}

/** Collects an option that may be given again. */
export function several(value: string, before: string[]): string[] {
  return [...before, value];
}

export function force(): Option {
  return new Option('--force', 'also remove runs whose process, on another host or in a container, is gone');
}

export function allowDisruptive(): Option {
  const text = 'attached meshes: also run behaviours that briefly change the whole mesh';
  return new Option('--allow-disruptive', text).default(false);
}

export function only(): Option {
  return new Option('--only <ids>', 'only these behaviours: ids or area prefixes, such as MTLS-2,LOC').argParser(words);
}

export function not(): Option {
  return new Option('--not <ids>', 'without these behaviours').argParser(words);
}

export function tagged(): Option {
  return new Option('--tagged <tags>', 'only behaviours with one of these tags').argParser(words);
}

export function lastFailed(): Option {
  return new Option('--last-failed', 'only behaviours that failed or were undetermined in the newest report');
}

/** Adds the options that choose versions, to a command that plans. */
export function addVersionOptions(command: Command): Command {
  const options: [flags: string, text: string][] = [
    ['--istio <version>', 'Istio version: any release, or newest or previous'],
    ['--installer <name>', 'installer of Istio: istioctl or helm'],
    ['--kubernetes <version>', 'Kubernetes version; <version>@sha256:<digest> if its node image is not known'],
    ['--hub <hub>', "registry of Istio's own images: host[:port][/path]"],
    ['--tag <tag>', "tag of Istio's own images"],
    ['--istioctl <path>', 'path of the istioctl to use'],
  ];
  for (const [flags, text] of options) command.addOption(new Option(flags, text).helpGroup('Versions:'));
  return command;
}

/** A list with commas; an option that is given again adds to it. */
export function words(text: string, before: string[] = []): string[] {
  const more = text.split(',').map((word) => word.trim());
  if (more.includes('')) throw new InvalidArgumentError('expected: words separated by commas.');
  return [...before, ...more];
}

export function long(): Option {
  return new Option('--long', "use Istio's documented times for outlier detection: an ejection lasts 600 s").default(
    false,
  );
}

export function maxTime(): Option {
  const text = 'stop cleanly after this time, and report the results so far: 90s, 30m, 1h30m';
  return new Option('--max-time <duration>', text).argParser(milliseconds);
}

export function knownIssues(): Option {
  return new Option('--known-issues <file>', 'YAML file of failures to accept until a date');
}

/** `1h30m` in milliseconds. */
function milliseconds(text: string): number {
  const [all, hours = 0, minutes = 0, seconds = 0] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? [];
  const total = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  // a timer can count to 2^31 ms
  if (!all || total === 0 || total > 24 * 3_600_000)
    throw new InvalidArgumentError('expected: a duration of at most 24h, such as 90s, 30m or 1h30m.');
  return total;
}

/** `30d` in milliseconds. */
export function days(text: string): number {
  const [, number = ''] = /^(\d{1,5})d$/.exec(text) ?? [];
  if (number === '') throw new InvalidArgumentError('expected: a number of days, such as 30d.');
  return Number(number) * 24 * 3_600_000;
}

export function recordConfiguration(): Option {
  const text = 'record the normalised configuration of each proxy, for `compare`';
  return new Option('--record-configuration', text).default(false);
}

export function blobs(): Option {
  return new Option('--blobs', "keep Playwright's blobs, which `merge` combines").default(false);
}

export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('expected: a whole number of at least 1.');
  return number;
}

/** Help text with commands that can be typed as they are. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${program} ${line}`).join('\n')}`;
}
