import { InvalidArgumentError, Option, type Command } from 'commander';
import { program } from '../../kernel/project-files.js';

export function replaceMesh(): Option {
  return new Option('--replace-mesh', 'existing clusters: install over a mesh that meshproof did not install').default(
    false,
  );
}

export function force(): Option {
  return new Option('--force', 'also runs whose process was on another host or in a container, and is gone');
}

export function allowDisruptive(): Option {
  const text = 'attached meshes: also behaviours that change the whole mesh for a moment';
  return new Option('--allow-disruptive', text).default(false);
}

export function only(): Option {
  return new Option('--only <ids>', 'only these behaviours: ids or area prefixes, such as MTLS-2,LOC').argParser(words);
}

export function not(): Option {
  return new Option('--not <ids>', 'all but these behaviours').argParser(words);
}

export function tagged(): Option {
  return new Option('--tagged <tags>', 'only behaviours with one of these tags').argParser(words);
}

export function lastFailed(): Option {
  return new Option('--last-failed', 'only behaviours that failed, or could not be told, in the newest report');
}

/** Adds the options that choose versions, to a command that plans. */
export function addVersionOptions(command: Command): Command {
  const options: [flags: string, text: string][] = [
    [
      '--istio <version>',
      'Istio, also a version that the environment does not list; newest or previous of its releases',
    ],
    ['--installer <name>', 'what installs Istio: istioctl or helm'],
    ['--kubernetes <version>', 'Kubernetes; <version>@sha256:<digest> where no node image of it is known'],
    ['--hub <hub>', "where Istio's own images are: host[:port][/path]"],
    ['--tag <tag>', "tag of Istio's own images"],
    ['--istioctl <path>', 'the istioctl to use'],
  ];
  for (const [flags, text] of options) command.addOption(new Option(flags, text).helpGroup('Versions:'));
  return command;
}

/** A list with commas; an option that is given again adds to it. */
export function words(text: string, before: string[] = []): string[] {
  const more = text.split(',').map((word) => word.trim());
  if (more.includes('')) throw new InvalidArgumentError('words with commas between them are expected.');
  return [...before, ...more];
}

export function long(): Option {
  return new Option('--long', "outlier detection with the documents' own times: an ejection lasts 600 s").default(
    false,
  );
}

export function maxTime(): Option {
  const text = 'end in order after this time, with a report of what is known by then: 90s, 30m, 1h30m';
  return new Option('--max-time <duration>', text).argParser(milliseconds);
}

export function knownIssues(): Option {
  return new Option('--known-issues <file>', 'failures that are accepted until a day: a YAML file');
}

/** `1h30m` in milliseconds. */
function milliseconds(text: string): number {
  const [all, hours = 0, minutes = 0, seconds = 0] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? [];
  const total = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  // a timer can count to 2^31 ms
  if (!all || total === 0 || total > 24 * 3_600_000)
    throw new InvalidArgumentError('a duration of at most 24h is expected, such as 90s, 30m or 1h30m.');
  return total;
}

/** `30d` in milliseconds. */
export function days(text: string): number {
  const [, number = ''] = /^(\d{1,5})d$/.exec(text) ?? [];
  if (number === '') throw new InvalidArgumentError('a number of days is expected, such as 30d.');
  return Number(number) * 24 * 3_600_000;
}

export function recordConfiguration(): Option {
  const text = 'keep what each proxy was told, by meaning, for `compare`';
  return new Option('--record-configuration', text).default(false);
}

export function blobs(): Option {
  return new Option('--blobs', "keep Playwright's blobs, which `merge` puts together").default(false);
}

export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('a whole number from 1 on is expected.');
  return number;
}

/** Help text with commands that can be typed as they are. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${program} ${line}`).join('\n')}`;
}
