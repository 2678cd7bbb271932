import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { compatibility } from '../src/supply/compatibility-data.js';
import { readEnvironment } from '../src/supply/read-environment.js';
import { minorOf } from '../src/topology/version.js';

interface Public {
  images: Record<string, string>;
  programs: Record<string, object>;
  sources: { names: string[] }[];
}
const file = parse(readFileSync('environments/public.yaml', 'utf8')) as Public;
const environment = readEnvironment('public');

test('every name of public has a source, and every source a name', () => {
  const names = [
    'kubernetes',
    'nodeDigests',
    'istioVersions',
    'istioHub',
    'istioTag',
    'metallbManifest',
    'metallbManifestSha256',
    'istioCharts',
    'istioChartsSha256',
    ...Object.keys(file.images).map((role) => `images.${role}`),
    ...Object.keys(file.programs).map((name) => `programs.${name}`),
  ];
  expect(file.sources.flatMap((source) => source.names).toSorted()).toEqual(names.toSorted());
});

test('no name is of a registry that is switched off', () => {
  expect(Object.values(file.images).filter((name) => /^(registry\.istio\.io|gcr\.io)\//.test(name))).toEqual([]);
});

test('what public lists is supported together', () => {
  for (const istio of environment.istioVersions) {
    expect(Object.keys(compatibility.istio.kubernetes)).toContain(minorOf(istio));
    const [first, last] = compatibility.istio.kubernetes[minorOf(istio)]!;
    const minor = Number(minorOf(environment.kubernetes).split('.')[1]);
    expect(minor).toBeGreaterThanOrEqual(Number(first.split('.')[1]));
    expect(minor).toBeLessThanOrEqual(Number(last.split('.')[1]));
  }
});

test("MetalLB's manifest and images are of one release", () => {
  const release = /metallb\/(v[\d.]+)\//.exec(environment.metallbManifest)?.[1];
  expect(release).toBeDefined();
  expect(environment.images['metallb-controller']).toBe(`quay.io/metallb/controller:${release}`);
  expect(environment.images['metallb-speaker']).toBe(`quay.io/metallb/speaker:${release}`);
});
