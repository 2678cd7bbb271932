import type { ClusterHandle } from '../provider/cluster-handle.js';

/** The outcome of calls to helloworld that only the version of one cluster answered; what failed beside it is not looked at. */
export function onlyVersionOf({ helloworld }: Pick<ClusterHandle, 'helloworld'>): RegExp {
  return new RegExp(String.raw`^got: (?:(?:HTTP|curl) \d+ \d+, )*${helloworld[0]} \d+(?: \(|$)`, 'm');
}

/** The same words of every one of these clusters. */
export function each(names: readonly string[], words: RegExp): Record<string, RegExp> {
  return Object.fromEntries(names.map((name) => [name, words]));
}
