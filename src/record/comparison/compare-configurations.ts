import type { ComparedRecord } from './compared-record.js';
import type { RecordedConfiguration, RecordedProxy } from './configuration-file.js';
import { canonical } from './configuration-file.js';
import type { ConfigurationChange, ConfigurationDifference } from './configuration-difference.js';
import { differences, type Place } from './json-difference.js';

/** What proxies were told, by meaning: of each topology that both sides have recorded, the newest record of each. */
export function compareConfigurations(
  before: readonly ComparedRecord[],
  after: readonly ComparedRecord[],
): ConfigurationDifference[] {
  const newest = (side: readonly ComparedRecord[]): Map<string, Recorded> =>
    new Map(
      [...side]
        .sort((a, b) => a.record.run.startedAt.localeCompare(b.record.run.startedAt))
        .flatMap(({ record, configurations }) =>
          configurations.map((one) => [one.topology, { run: record.run.id, one }]),
        ),
    );
  const [was, is] = [newest(before), newest(after)];
  return [...was].flatMap(([topology, old]) => {
    const now = is.get(topology);
    return now === undefined ? [] : [{ runs: [old.run, now.run], ...compareConfiguration(old.one, now.one) }];
  });
}

interface Recorded {
  run: string;
  one: RecordedConfiguration;
}

/** Two recordings of one topology. */
export function compareConfiguration(
  before: RecordedConfiguration,
  after: RecordedConfiguration,
): Omit<ConfigurationDifference, 'runs'> {
  const [was, is] = [byName(before), byName(after)];
  const both = [...was.keys()].filter((name) => is.has(name));
  const different = both.filter((name) => differs(was.get(name)!, is.get(name)!));
  const folds = new Folds();
  for (const name of both) {
    const [old, now] = [was.get(name)!.resources, is.get(name)!.resources];
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
      const [from, to] = [old[key], now[key]];
      if (from === to) continue;
      if (from === undefined) folds.add(name, key, { change: 'added', path: '' });
      else if (to === undefined) folds.add(name, key, { change: 'removed', path: '' });
      else for (const place of differences(before.values[from]!, after.values[to]!)) folds.add(name, key, place);
    }
  }
  return {
    topology: after.topology,
    same: both.length - different.length,
    different,
    onlyBefore: [...was.keys()].filter((name) => !is.has(name)),
    onlyAfter: [...is.keys()].filter((name) => !was.has(name)),
    notAsked: [
      ...before.notAsked.map(({ proxy, reason }) => `before: ${proxy}: ${reason}`),
      ...after.notAsked.map(({ proxy, reason }) => `after: ${proxy}: ${reason}`),
      ...(before.deprecations?.unknown ?? []).map((what) => `before: ${what}`),
      ...(after.deprecations?.unknown ?? []).map((what) => `after: ${what}`),
    ],
    ...(before.deprecations &&
      after.deprecations && { deprecations: split(before.deprecations.found, after.deprecations.found) }),
    changes: folds.changes(),
  };
}

function split(was: readonly string[], is: readonly string[]): ConfigurationDifference['deprecations'] {
  return {
    appeared: is.filter((one) => !was.includes(one)),
    gone: was.filter((one) => !is.includes(one)),
    stay: is.filter((one) => was.includes(one)),
  };
}

/** Certificates are others in every mesh, and every day: they are told, and make no proxy different. */
function differs({ resources: was }: RecordedProxy, { resources: is }: RecordedProxy): boolean {
  const keys = [...Object.keys(was), ...Object.keys(is)].filter((key) => !key.startsWith('certificate '));
  return keys.some((key) => was[key] !== is[key]);
}

/** Workloads by name; pods of one workload that differ from each other are told apart by a number. */
function byName({ proxies }: RecordedConfiguration): Map<string, RecordedProxy> {
  const all = new Map<string, RecordedProxy>();
  for (const proxy of proxies) {
    const name = `${proxy.cluster}/${proxy.namespace}/${proxy.workload}`;
    let again = name;
    for (let i = 2; all.has(again); i++) again = `${name} (${i})`;
    all.set(again, proxy);
  }
  return all;
}

interface Fold {
  kind: string;
  place: Place;
  resources: Set<string>;
  proxies: Set<string>;
  places: number;
}

/** The same difference in many resources and proxies is one. */
class Folds {
  private readonly all = new Map<string, Fold>();

  /** `key` is `cluster outbound|5000||helloworld...`. */
  add(proxy: string, key: string, place: Place): void {
    const [kind = '', ...rest] = key.split(' ');
    const name = rest.join(' ');
    // names of hosts and chains in a path tell where, not what
    const path = place.path.replace(/\b(virtual_hosts|filter_chains|routes)\[[^\]]*\]/g, '$1[*]');
    const whole = place.path === '' ? name : '';
    const folded = { ...place, path };
    const id = canonical([kind, folded, place.change === 'changed' ? '' : whole]);
    const fold = this.all.get(id) ?? { kind, place: folded, resources: new Set(), proxies: new Set(), places: 0 };
    fold.resources.add(name);
    fold.proxies.add(proxy);
    fold.places++;
    this.all.set(id, fold);
  }

  changes(): ConfigurationChange[] {
    const wholes = new Map<string, Fold>();
    const others: Fold[] = [];
    for (const fold of this.all.values()) {
      if (fold.place.path !== '' || fold.place.change === 'changed') {
        others.push(fold);
        continue;
      }
      // resources that the same proxies have got, or lost
      const id = canonical([fold.kind, fold.place.change, [...fold.proxies].sort()]);
      const known = wholes.get(id);
      if (!known) wholes.set(id, fold);
      else {
        for (const name of fold.resources) known.resources.add(name);
        known.places += fold.places;
      }
    }
    return [...wholes.values(), ...others]
      .map(({ kind, place, resources, proxies, places }) => ({
        kind,
        ...place,
        resources: [...resources].sort(),
        places,
        proxies: [...proxies].sort(),
      }))
      .sort((a, b) => b.proxies.length - a.proxies.length || b.resources.length - a.resources.length);
  }
}
