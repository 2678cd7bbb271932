import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { scenarioCommand } from '../src/cli/scenario-command.js';
import type { GlobalOptions } from '../src/cli/global-options.js';
import type { ProgressDisplay } from '../src/cli/progress-display.js';
import { failTogether, together } from '../src/kernel/cancellation.js';
import type { MeshState } from '../src/mesh/mesh-state.js';
import type { ClusterHandle } from '../src/provider/cluster-handle.js';
import { takesPlainText } from '../src/scenario/catalogue/rot-3-strict.js';
import { apiServerRules, linkRules } from '../src/scenario/cut-links.js';
import { loadObjects } from '../src/scenario/load-objects.js';
import { seriesOf } from '../src/scenario/load-series.js';
import { playActs } from '../src/scenario/play-acts.js';
import type { PlayOptions } from '../src/scenario/play-options.js';
import { readBudgets } from '../src/scenario/read-budgets.js';
import { tokenSource } from '../src/scenario/reader-token.js';
import { changing, takingBack } from '../src/scenario/scenario-acts.js';
import type { Act, ActContext } from '../src/scenario/scenario.js';
import { StandingChanges } from '../src/scenario/standing-changes.js';
import type { Breakage } from '../src/fault/breakage.js';

const did: string[] = [];
const noted: string[] = [];
beforeEach(() => {
  did.splice(0);
  noted.splice(0);
});
const changes = () =>
  new StandingChanges((what) => {
    noted.push(what);
    return () => void noted.splice(noted.indexOf(what), 1);
  });
/** A change that says when it is taken back. */
const changed = (breakage: Breakage, what: string, fails = false): void =>
  breakage.afterwards(what, async () => {
    if (fails) throw new Error(`${what} stays`);
    did.push(what);
  });
const context = { mark: (event: string) => void did.push(`mark: ${event}`) } as ActContext;

describe('changes that stand', () => {
  test('are taken back by their name, the last one first, and once', async () => {
    const standing = changes();
    changed(standing.under('a'), 'a1');
    changed(standing.under('b'), 'b1');
    changed(standing.under('a'), 'a2');
    expect(noted).toEqual(['a1', 'b1', 'a2']);
    await standing.takeBack('a');
    await standing.takeBack('a');
    expect(did).toEqual(['a2', 'a1']);
    expect(noted).toEqual(['b1']);
    await standing.takeBackAll();
    expect(did).toEqual(['a2', 'a1', 'b1']);
  });

  test('are not taken back once they are accepted, and leave no note', async () => {
    const standing = changes();
    changed(standing.under('token'), 'old token');
    standing.accept('token');
    await standing.takeBackAll();
    expect(did).toEqual([]);
    expect(noted).toEqual([]);
  });

  test('that cannot be taken back keep no other from it, are told, and stay noted', async () => {
    const standing = changes();
    changed(standing.under('a'), 'a');
    changed(standing.under('b'), 'b', true);
    await expect(standing.takeBackAll()).rejects.toThrow('b stays');
    expect(did).toEqual(['a']);
    expect(noted).toEqual(['b']);
  });
});

describe('acts', () => {
  const standing = (): { acts: Act[]; all: StandingChanges } => {
    const all = changes();
    const stop = changing(all, { id: 'stop', title: 'stop' }, async (breakage) => changed(breakage, 'go on'));
    return { all, acts: [stop, takingBack(stop, { id: 'back', title: 'back' }, async () => void did.push('whole'))] };
  };

  test('that take back do so before they wait, and mark it', async () => {
    for (const act of standing().acts) await act.do(context);
    expect(did).toEqual(['go on', 'mark: the change is undone', 'whole']);
  });

  test('that fail take back what stands before the mesh is given time to recover; the rest is not played', async () => {
    const { acts, all } = standing();
    const fails: Act = { id: 'fails', title: 'fails', do: () => Promise.reject(new Error('no answer')) };
    const takeBack = vi.fn(() => all.takeBackAll());
    const steps = { note: () => {}, step: (_: string, __: object, work: () => Promise<unknown>) => work() };
    const options = { acts: [acts[0]!, fails, acts[1]!], mesh: {} as MeshState, programs: {}, steps, takeBack };
    const played = await playActs(
      options as unknown as PlayOptions,
      { namespace: 'load', follow: async () => {} },
      () => {},
    );
    expect(played.acts.map(({ outcome }) => outcome)).toEqual(['done', 'failed', 'not-done']);
    expect(takeBack).toHaveBeenCalledOnce();
    expect(did).toEqual(['go on']);
  });
});

test('what is interrupted in an act is taken back before the interrupt goes on', async () => {
  const all = changes();
  const stopped = changing(all, { id: 'stop', title: 'stop' }, async (breakage) => {
    changed(breakage, 'go on');
    failTogether(new Error('Ctrl-C'));
    throw new Error('Ctrl-C');
  });
  const steps = { note: () => {}, step: (_: string, __: object, work: () => Promise<unknown>) => work() };
  const options = { acts: [stopped], mesh: {} as MeshState, programs: {}, steps, takeBack: () => all.takeBackAll() };
  const load = { namespace: 'load', follow: async () => {} };
  const playing = together(() => playActs(options as unknown as PlayOptions, load, () => {}));
  await expect(playing).rejects.toThrow('Ctrl-C');
  expect(did).toEqual(['go on']);
});

test('a file of budgets that names an act that is not played is refused, with the nearest one', () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'budgets-')), 'budgets.yaml');
  writeFileSync(file, 'budgets:\n  - { acts: [node-stoped], gap: 1s, reason: a reason that is long enough }\n');
  expect(() => readBudgets(file, ['node-stopped', 'node-back'])).toThrow(
    'a budget names act node-stoped, but no act has that name',
  );
  expect(readBudgets(file, ['node-stoped'])).toMatchObject([{ acts: ['node-stoped'], gap: 1_000 }]);
  expect(readBudgets(undefined, [])).toMatchObject([{ gap: 0 }]);
});

describe('links are cut', () => {
  const of = (network: string, address: string, podCIDR: string): ClusterHandle =>
    ({ network, podCIDR, nodes: [{ name: address, address }], apiServer: `https://${address}:6443` }) as ClusterHandle;
  const [a, b] = [of('n', '172.18.0.2', '10.10.0.0/16'), of('n', '172.18.0.3', '10.20.0.0/16')];
  const far = of('m', '172.18.0.3', '10.10.0.0/16');
  const sources = (rules: readonly string[][]) => [...new Set(rules.map((rule) => rule[rule.indexOf('-s') + 1]))];

  test('by the nodes of a cluster, and by its pods only where the other is in the same network', () => {
    expect(sources(linkRules(a, b, 'swallowed', false))).toEqual(['172.18.0.2/32', '10.10.0.0/16']);
    // the other network has the same range of pods
    expect(sources(linkRules(a, far, 'swallowed', false))).toEqual(['172.18.0.2/32']);
  });

  test('in one direction by who has opened a connection', () => {
    const [rule] = linkRules(a, far, 'refused', true);
    expect(rule!.join(' ')).toBe(
      'FORWARD -s 172.18.0.2/32 -p tcp -m conntrack --ctdir ORIGINAL -j REJECT --reject-with tcp-reset',
    );
  });

  test('of both sides so that each hears that the other one refuses', () => {
    const rules = linkRules(a, far, 'refused', false).map((rule) => rule.join(' '));
    expect(rules.slice(0, 2)).toEqual([
      'FORWARD -s 172.18.0.2/32 -p tcp -j REJECT --reject-with tcp-reset',
      'FORWARD -s 172.18.0.2/32 -p tcp --tcp-flags RST RST -j ACCEPT',
    ]);
  });

  test('to the API server alone by its port', () => {
    expect(apiServerRules(a, far)).toEqual([
      ['INPUT', '-s', '172.18.0.2/32', '-p', 'tcp', '--dport', '6443', '-j', 'DROP'],
    ]);
  });
});

test('a service that all clusters serve is called beside the others, and primaries have its rule', () => {
  const shared = { trafficPolicy: { outlierDetection: {} } };
  const plan = { namespace: 'load-1', clusters: ['a', 'b'], image: 'i', labels: {}, perSecond: 10, shared };
  const of = (series: ReturnType<typeof seriesOf>) => series.map(({ cluster, lane }) => `${cluster} ${lane}`);
  const without = seriesOf({ ...plan, shared: undefined }, 'a');
  expect(of(seriesOf(plan, 'a'))).toEqual([
    ...of(without).slice(0, -1),
    'any cluster new',
    'any cluster reused',
    'any cluster tcp-stream',
    'self control',
  ]);
  const kinds = (primary: boolean) =>
    loadObjects(plan, 'a', {}, primary)
      .map((object) => object as { kind: string; metadata: { name: string } })
      .filter(({ metadata }) => metadata.name === 'to-any')
      .map(({ kind }) => kind);
  expect(kinds(true)).toEqual(['Service', 'DestinationRule']);
  expect(kinds(false)).toEqual(['Service']);
});

describe('a token', () => {
  const token = (claims: object) => `head.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sign`;

  test('says which Secret it comes from', () => {
    const claims = {
      'kubernetes.io/serviceaccount/secret.name': 'reader-token',
      'kubernetes.io/serviceaccount/service-account.name': 'reader',
    };
    expect(tokenSource(`users:\n- user:\n    token: ${token(claims)}\n`)).toEqual({
      token: token(claims),
      secret: 'reader-token',
      serviceAccount: 'reader',
    });
  });

  test('that comes from no Secret cannot be revoked', () => {
    for (const text of [`token: ${token({ sub: 'x' })}`, 'token: opaque', ''])
      expect(() => tokenSource(text)).toThrow('does not say which Secret it comes from');
  });
});

test('a proxy takes plain text by a chain for it; one without a listener says nothing', () => {
  const of = (...protocols: string[]) => {
    const filter_chains = protocols.map((transport_protocol) => ({ filter_chain_match: { transport_protocol } }));
    return { listeners: [{ listener: { name: 'virtualInbound', filter_chains } }] };
  };
  expect(takesPlainText(of('tls', 'raw_buffer'))).toBe(true);
  expect(takesPlainText(of('tls'))).toBe(false);
  expect(takesPlainText({ listeners: [] })).toBeUndefined();
});

test('a topology beside --run is refused before anything is made', async () => {
  const flags = { run: 'abcde12345', quick: false };
  await expect(
    scenarioCommand('LOSS-4', 'single', flags, {} as GlobalOptions, {} as ProgressDisplay),
  ).rejects.toMatchObject({
    code: 2,
    message: 'use either --run abcde12345 or topology single, not both',
  });
});
