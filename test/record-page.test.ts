import { expect, test } from 'vitest';
import { headlineOf } from '../src/record/headline.js';
import { html } from '../src/record/page/html.js';
import { brokenParts } from '../src/record/page/broken-parts.js';
import { measurements } from '../src/record/page/pictures/measurements.js';
import { topologyPicture } from '../src/record/page/topology-picture.js';
import { commandsOf } from '../src/record/rebuild-commands.js';
import { page } from '../src/record/views/page-view.js';
import { brokenTopology as broken, everySection } from './helpers/record-page.js';
import {
  everyState,
  notBuilt,
  sampleBehaviour,
  sampleClusters,
  sampleFailure,
  sampleFinding,
  sampleRecord,
  sampleTopology,
} from './helpers/record.js';

test('a template escapes every value but markup, in lists too; false and undefined are nothing', () => {
  const hostile = '<b onclick="x">\'&';
  const escaped = '&lt;b onclick=&quot;x&quot;&gt;&#39;&amp;';
  expect(String(html`<p title="${hostile}">${[hostile, html`<i>${hostile}</i>`]}${false}${undefined}${0}</p>`)).toBe(
    `<p title="${escaped}">${escaped}<i>${escaped}</i>0</p>`,
  );
});

test('the first screen has the verdict, the first finding as its sentence, and the remedy', () => {
  const record = sampleRecord([sampleTopology(), broken()]);
  expect(headlineOf(record)).toMatchObject({
    verdict: 'failed',
    sentence: 'F-REMOTE-SECRET-MISSING: cluster1 has no remote secret of cluster2',
    remedy: 'make the secret anew',
  });
  const [first = ''] = page(record).split('</header>');
  for (const part of ['✗</span> failed', 'cluster1 has no remote secret of cluster2', 'make the secret anew', '<svg'])
    expect(first).toContain(part);
});

test('without a finding the sentence is what the first red behaviour said, or why there is no mesh', () => {
  const failures = [sampleFailure({ findings: undefined })];
  const failed = sampleTopology({ behaviours: [sampleBehaviour({ verdict: 'failed', failures })] });
  expect(headlineOf(sampleRecord([failed])).sentence).toBe(
    'LB-1 is failed: sleep in cluster1 reached v1 only, of v1 and v2',
  );
  expect(headlineOf(sampleRecord([notBuilt()]))).toMatchObject({
    verdict: 'undetermined',
    sentence:
      'flat-multi-primary is undetermined: cluster2/istio-system/istiod-5d6: pod istiod-5d6 is ImagePullBackOff',
    remedy: 'see that the image is where the environment says',
  });
  expect(headlineOf(sampleRecord()).sentence).toBe('1 behaviour holds on multi-network-multi-primary.');
  expect(headlineOf({ topologies: [] }).verdict).toBe('undetermined');
});

test('what a finding names is red: its cluster, the part of its hop, the way to a cluster that its facts name', () => {
  const parts = brokenParts(broken());
  expect(parts).toMatchObject({ links: { control: [['cluster1', 'cluster2']], calls: [] } });
  expect([...parts.control]).toEqual(['cluster1']);
  const drawn = String(topologyPicture(broken()));
  expect(drawn.match(/p-way p-bad/g)).toHaveLength(1);
  expect(drawn).toContain('Broken between cluster1 and cluster2: F-REMOTE-SECRET-MISSING.');
  const healthy = String(topologyPicture(sampleTopology({ clusters: sampleClusters() })));
  expect(healthy).not.toMatch(/p-bad|p-broken|p-red/);
  // a list of facts may name clusters that are right
  const finding = { ...sampleFinding({ facts: { found: ['cluster2'] }, hop: 'gateway' }), behaviours: ['LB-1'] };
  expect(brokenParts(broken({ findings: [finding] }))).toMatchObject({ links: { control: [], calls: [] } });
  // what is closed between two clusters is at neither gateway
  const way = { ...sampleFinding({ facts: { from: 'cluster1', to: 'cluster2' }, hop: 'way' }), behaviours: ['LB-1'] };
  const between = brokenParts(broken({ findings: [way] }));
  expect(between).toMatchObject({ gateways: new Set(), links: { calls: [['cluster1', 'cluster2']] } });
  // without a gateway the pods themselves are the end of the way
  const flat = sampleClusters().map((cluster) => ({ ...cluster, network: 'n', eastWestGateway: false }));
  expect([...brokenParts(broken({ clusters: flat, findings: [finding] })).pods]).toEqual(['cluster1']);
  expect([...brokenParts({ ...notBuilt(), clusters: sampleClusters() }).clusters]).toEqual(['cluster2']);
  expect(topologyPicture(sampleTopology())).toBeUndefined();
});

test('one cause stands before all behaviours that it explains, and all behaviours are in one table', () => {
  const text = page(sampleRecord([broken()]));
  expect(text).toMatch(
    /Failed by F-REMOTE-SECRET-MISSING in cluster1<\/h4>\s*<details[^>]*-LB-1[\s\S]*-LB-2[\s\S]*Passed<\/h4>/,
  );
  expect(text.match(/<td class="cell failed">\s*<span aria-hidden="true" title="failed in cluster1">/g)).toHaveLength(
    2,
  );
  // cluster2 is named by no failure
  expect(text).not.toContain('title="failed in cluster2"');
});

test('measurements become pictures where one fits, and text elsewhere', () => {
  const drawn = (name: string, value: Parameters<typeof measurements>[0]['measurements'][string]): string =>
    String(measurements(sampleBehaviour({ measurements: { [name]: value } })));
  const shares = drawn('shares from cluster1', { expected: { v1: 0.5, v2: 0.5 }, counts: { v1: 30, v2: 10 } });
  expect(shares).toContain('v1: 30, 75 % (expected 50 %); v2: 10, 25 % (expected 50 %)');
  expect(shares.match(/b-mark/g)).toHaveLength(2);
  const all: [number, string, number][] = [
    [0, 'v1', 10],
    [100, 'curl 56', 5000],
    [200, 'v2', 20],
  ];
  const failover = drawn('failover of cluster1', { toFirstMs: 220, toStableMs: 5300, calls: 3, lost: 1, all });
  expect(failover).toContain('first right answer after 220 ms, settled after 5.3 s; 3 calls, 1 lost');
  expect(failover.match(/class="t-good"/g)).toHaveLength(2);
  expect(failover.match(/class="t-bad"/g)).toHaveLength(1);
  expect(
    drawn('load from cluster1', { calls: 4, lost: 1, longestGapMs: 900, counts: { v1: 3 }, lostCalls: [] }),
  ).toMatch(/4 calls, 1 lost, longest time without a good answer 900 ms/);
  expect(drawn('versions', { v1: 3, v2: 1 })).toContain('versions: 4 in all');
  const poll = { expectation: 'toReachVersions', attempts: 2, timeToFirstMs: 40, durationMs: 1500 };
  expect(drawn('cluster1: calls', poll)).toMatch(/toReachVersions met after 1\.5 s, 2\s+attempts/);
  expect(drawn('leftovers', ['a'])).toContain('[&quot;a&quot;]');
});

test('the commands make this very mesh and ask what failed', () => {
  const command = ['meshproof', 'run', 'a b.yaml', '--installer', 'helm', '--only', 'LB', '--images', "it's.yaml"];
  const record = sampleRecord([broken({ file: 'a b.yaml' })], { command });
  expect(commandsOf(record, record.topologies[0]!)).toEqual([
    '# make the mesh; it prints the id of a run',
    `run=$(./meshproof up 'a b.yaml' --environment lab --istio 1.31.0 --kubernetes 1.34.4 --installer helm --images 'it'\\''s.yaml')`,
    '# ask what failed',
    './meshproof test "$run" --only LB-1,LB-2',
    '# look for the cause',
    './meshproof checks "$run"',
    '# remove it',
    './meshproof down "$run"',
  ]);
});

test('a page of four topologies of every state stays below 8 MB', () => {
  const text = page(sampleRecord(['a', 'b', 'c', 'd'].map((name) => ({ ...everyState(), name }))));
  expect(Buffer.byteLength(text)).toBeLessThan(8 * 1024 * 1024);
});

test('the record that is measured in a browser has every section', () => {
  const text = page(everySection());
  for (const title of ['All behaviours', 'Causes', 'Changes under load', 'F-REMOTE-SECRET-MISSING', 'ImagePullBackOff'])
    expect(text).toContain(title);
});
