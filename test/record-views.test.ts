import { expect, test } from 'vitest';
import { offHost, withoutOffHost, withVerdict } from '../src/record/views/allure-view.js';
import { junit } from '../src/record/views/junit-view.js';
import { page } from '../src/record/views/page-view.js';
import { summarize } from '../src/record/views/summary-view.js';
import { causesOf } from '../src/record/result.js';
import { timeOutside, timingsSvg, timingsText } from '../src/record/views/timings-view.js';
import {
  everyState,
  notBuilt,
  sampleBehaviour,
  sampleFailure,
  sampleFinding,
  sampleRecord,
  sampleTopology,
} from './helpers/record.js';

const record = sampleRecord([everyState(), notBuilt()]);
const hostile = `<script>alert(1)</script> & "quoted" 'x' ]]> \x00\x1b[31m\ud800 ü`;
const hostileRecord = sampleRecord([
  sampleTopology({
    behaviours: [
      sampleBehaviour({
        title: hostile,
        verdict: 'failed',
        failures: [sampleFailure({ message: hostile, cluster: hostile })],
      }),
    ],
  }),
]);

/** Fails on anything that an XML parser would refuse in what these views write. */
function wellFormed(xml: string): void {
  expect(xml).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1f]|[\ud800-\udbff](?![\udc00-\udfff])/);
  expect(xml).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#39;|#10;)/);
  const open: string[] = [];
  let end = 0;
  for (const match of xml.matchAll(/<\?xml[^?]*\?>|<(\/?)([A-Za-z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g)) {
    expect(xml.slice(end, match.index)).not.toContain('<');
    end = match.index + match[0].length;
    if (!match[2]) continue;
    if (match[1]) expect(open.pop()).toBe(match[2]);
    else if (!match[4]) open.push(match[2]);
  }
  expect(open).toEqual([]);
}

test('the summary has what a ticket needs', () => {
  const text = summarize(record);
  for (const part of [
    'multi-network-multi-primary: failed (up after 46.5 s, decided after 58.0 s)',
    'environment lab: Kubernetes 1.34.4, Istio 1.31.0',
    "Envoy is upstream's 1.40.0",
    'expected: v1 and v2 in one batch of 10',
    'got: 10 × v1',
    'replay: ./meshproof test --only LB-1',
    'could not be built or tested: cluster2/istio-system/istiod-5d6',
    '2 passed (1 flaky), 1 failed, 1 undetermined, 1 not-applicable, 1 skipped',
    'exit code 1, report: reports/20261121-090000-a1b2',
  ]) {
    expect(text).toContain(part);
  }
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(text).not.toContain('\x1b');
  expect(summarize(record, { colour: true })).toContain('\x1b[31mfailed');
  expect(summarize(record, { dir: '/elsewhere' })).toContain('report: /elsewhere');
});

test('the summary keeps words whole and commands on one line', () => {
  const long = sampleBehaviour({
    verdict: 'failed',
    failures: [sampleFailure({ message: 'word '.repeat(60), replay: 'kubectl '.repeat(30) })],
  });
  const lines = summarize(sampleRecord([sampleTopology({ behaviours: [long] })])).split('\n');
  expect(lines.some((line) => line.includes('kubectl '.repeat(30).trim()))).toBe(true);
  expect(lines.filter((line) => line.includes('word')).length).toBeGreaterThan(3);
});

test('JUnit: counts, flaky, reasons, whole texts', () => {
  const xml = junit(record);
  wellFormed(xml);
  expect(xml).toContain('tests="7" failures="1" errors="2" skipped="2"');
  expect(xml).toContain(
    '<flakyFailure message="F-REMOTE-SECRET-MISSING: cluster1 has no remote secret of cluster2" type="flaky">',
  );
  expect(xml).toContain('<property name="flaky" value="true"/>');
  expect(xml).toContain('<skipped message="not-applicable: needs primary-remote"/>');
  expect(xml).toContain('<error message="kubectl did not end within 30 s" type="undetermined">');
  expect(xml).toContain('<error message="pod istiod-5d6 is ImagePullBackOff" type="not built">');
  expect(xml).toContain('type="F-REMOTE-SECRET-MISSING">');
  expect(xml).toContain('replay: ./meshproof test --only LB-1');
});

test('one cause of several behaviours is told once, with what it explains and what to do', () => {
  const failed = (id: string, clusters: string[]) =>
    sampleBehaviour({ id, verdict: 'failed', failures: clusters.map((cluster) => sampleFailure({ cluster })) });
  const behaviours = [failed('LB-1', ['cluster1', 'cluster2']), failed('CP-1', ['cluster1']), sampleBehaviour()];
  const findings = causesOf(behaviours);
  expect(findings).toEqual([{ ...sampleFinding(), behaviours: ['LB-1', 'CP-1'] }]);
  expect(causesOf([sampleBehaviour()])).toBeUndefined();
  const told = sampleRecord([sampleTopology({ behaviours, findings })]);
  expect(summarize(told)).toContain(
    '  one cause, 2 behaviours (LB-1, CP-1): F-REMOTE-SECRET-MISSING: cluster1 has no remote secret of\n    cluster2\n    to do: make the secret anew',
  );
  expect(page(told)).toMatch(
    /One cause,\s+2 behaviours: <a href="#multi-network-multi-primary-LB-1">LB-1<\/a>, <a [^>]*>CP-1</,
  );
});

test('markup in messages stays text in every view', () => {
  wellFormed(junit(hostileRecord));
  wellFormed(timingsSvg(hostileRecord));
  const html = page(hostileRecord);
  expect(html).not.toContain('<script');
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(html).not.toContain('\x00');
});

test('the page needs nothing but itself', () => {
  const html = page(record, { links: [{ path: 'junit.xml', title: 'JUnit' }] });
  expect(offHost(html)).toEqual([]);
  expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\//);
  for (const part of [
    '<html lang="en">',
    'The mesh could not be built or tested',
    '≈',
    'href="junit.xml"',
    'href="evidence/multi-network-multi-primary/cluster1/pods.txt"',
  ]) {
    expect(html).toContain(part);
  }
  // every link within the page leads somewhere
  for (const [, id] of html.matchAll(/href="#([^"]+)"/g)) expect(html).toContain(`id="${id}"`);
});

test('timings: a bar for each step, on an axis that holds them all', () => {
  const svg = timingsSvg(record);
  wellFormed(svg);
  expect(svg.match(/<g>/g)).toHaveLength(10 + 4 + 10);
  expect(svg).toContain('kind create: 21.3 s, from 400 ms to 21.7 s');
  const ends = [
    ...svg.matchAll(/<rect class="t-(?:step|behaviour|failed)" x="([\d.]+)" y="\d+" width="([\d.]+)"/g),
  ].map(([, x, width]) => Number(x) + Number(width));
  expect(Math.max(...ends)).toBeLessThanOrEqual(1051);
  expect(timingsSvg(sampleRecord([]))).toContain('0 steps');
});

test("Allure's off-host script goes, its own scripts stay", () => {
  const html = `<!DOCTYPE html><html><head><script async src="https://www.googletagmanager.com/gtag/js?id=G-1"></script>
    <script>function gtag(){dataLayer.push(arguments);}\ngtag('js', new Date());</script></head>
    <body><script>const own = '<img src="https://x/y.png">';</script></body></html>`;
  const stripped = withoutOffHost(html);
  expect(stripped).not.toContain('gtag');
  expect(stripped).toContain('const own');
  expect(stripped).toContain('Content-Security-Policy');
  expect(() => withoutOffHost('<head></head><img alt="" src="//other.example/x.png">')).toThrow(/another host/);
});

test('Allure shows behaviours and our verdicts', () => {
  const labels = [
    { name: 'parentSuite', value: 'multi-network-multi-primary' },
    { name: 'suite', value: 'load-balancing/LB-3.spec.ts' },
  ];
  const result = withVerdict(
    { name: 'x', status: 'failed', statusDetails: { message: 'password=secret' }, labels },
    record,
  );
  expect(result).toMatchObject({ name: 'LB-3 x', status: 'broken', statusDetails: { message: 'password=[redacted]' } });
  expect(result.labels).toContainEqual({ name: 'tag', value: 'undetermined' });
  const other = { name: 'x', status: 'failed', labels: [] };
  expect(withVerdict(other, record)).toMatchObject(other);
});

test('time outside spans: what overlaps counts once, and so does what lies within another', () => {
  const span = (start: number, end: number) => ({ start, end });
  expect(timeOutside([], 100, 200)).toBe(100);
  expect(timeOutside([span(150, 170), span(110, 160), span(120, 130)], 100, 200)).toBe(10 + 30);
  expect(timeOutside([span(50, 250)], 100, 200)).toBe(0);
});

test('timings as text: own overhead and pauses with their shares, neither where it was not measured', () => {
  const { run, ...rest } = sampleRecord([]);
  const text = timingsText({ ...rest, run: { ...run, durationMs: 100_000, overheadMs: 5000, pausesMs: 20_000 } });
  expect(text).toContain('own overhead: 5.0 s of 1 min 40 s (5.0 %)');
  expect(text).toContain('pauses: 20.0 s of 1 min 40 s (20.0 %)');
  expect(timingsText({ ...rest, run: { ...run, overheadMs: undefined } })).not.toContain('overhead');
});
