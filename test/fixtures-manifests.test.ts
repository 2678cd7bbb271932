import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { render } from '../fixtures/template.js';
import type { Plan } from '../src/topology/plan-types.js';

const suites = path.join(import.meta.dirname, '..', 'suites');
const files = readdirSync(suites, { recursive: true, encoding: 'utf8' });
const specs = files.filter((file) => file.endsWith('.spec.ts'));
const manifests = files.filter((file) => file.endsWith('.yaml'));

const plan = {
  runId: 'k3x9qa72bc',
  clusters: [
    { name: 'east', region: 'r1', controlPlane: 'east/default' },
    { name: 'west', region: 'r2', controlPlane: 'west/default' },
  ],
  controlPlanes: ['east', 'west'].map((cluster) => ({
    ...{ id: `${cluster}/default`, cluster, namespace: `istio-${cluster}`, revision: 'default' },
  })),
  images: { echo: 'echo:1', sleep: 'sleep:1', 'helloworld-v1': 'helloworld:1' },
  environment: { cpuRequest: '10m' },
} as unknown as Plan;
const filled = (yaml: string, more?: Record<string, string>) =>
  render(yaml, { namespace: 'lb-4', cluster: 'west', plan, more });

test.each(manifests)('%s belongs to a spec and names a namespace for every object', (file) => {
  expect(existsSync(path.join(suites, file.replace(/\.yaml$/, '.spec.ts')))).toBe(true);
  const yaml = readFileSync(path.join(suites, file), 'utf8');
  // what only the spec knows
  const more = Object.fromEntries([...yaml.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => [name!, 'x']));
  for (const { metadata } of filled(yaml, more)) {
    expect(metadata.namespace).toBeDefined();
  }
});

test('a manifest is filled in, and every object says whose it is', () => {
  const yaml = `
metadata: { namespace: '\${namespace}', labels: { app: echo } }
image: \${image.echo}
cpu: \${cpu}
root: \${istioNamespace}
subsets:
  - forEachCluster: { name: 'to-\${cluster}' }
  - here-\${cluster}
  - after-\${cluster+1}
weights:
  - forEachRegion: { '\${region}/*': '\${region+1}' }
interval: \${interval}`;
  const labels = { app: 'echo', 'app.kubernetes.io/managed-by': 'meshproof', 'meshproof.dev/run': 'k3x9qa72bc' };
  expect(filled(yaml)).toEqual([
    {
      metadata: { namespace: 'lb-4', labels },
      image: 'echo:1',
      cpu: '10m',
      root: 'istio-west',
      subsets: [{ name: 'to-east' }, { name: 'to-west' }, 'here-west', 'after-east'],
      weights: [{ 'r1/*': 'r2' }, { 'r2/*': 'r1' }],
      interval: '1s',
    },
  ]);
  expect(() => filled("metadata: { name: '${image.none}' }")).toThrow('${image.none}');
  expect(() => filled("metadata: { name: '${mode}' }")).toThrow('${mode}');
  expect(filled("metadata: { name: '${mode}' }", { mode: 'STRICT' })[0]!.metadata.name).toBe('STRICT');
});

test.each(specs)('%s holds one behaviour under a unique id', (file) => {
  const text = readFileSync(path.join(suites, file), 'utf8');
  expect(text.match(/^behaviour\(/gm)).toHaveLength(1);
  expect(specs.filter((other) => path.basename(other) === path.basename(file))).toEqual([file]);
  expect(path.basename(file)).toMatch(/^[A-Z]+-\d+\.spec\.ts$/);
});
