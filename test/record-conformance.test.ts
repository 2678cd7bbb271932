import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { conformanceOf, conformanceSchema } from '../src/record/conformance.js';
import { conformanceText } from '../src/record/views/conformance-view.js';
import { notBuilt, sampleBehaviour, sampleRecord, sampleTopology } from './helpers/record.js';

const file = new URL('../schema/conformance.schema.json', import.meta.url);

test('schema/conformance.schema.json is current (UPDATE=1 rewrites it)', async () => {
  const schema = { ...z.toJSONSchema(conformanceSchema), title: 'meshproof conformance.yaml, schema version 1' };
  const text = `${JSON.stringify(schema, undefined, 2)}\n`;
  if (process.env.UPDATE === '1') await writeFile(file, text);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(schema);
});

test('an area is a profile: core is what every mesh must do, extended what takes a feature', () => {
  const behaviours = [
    sampleBehaviour({ id: 'LB-1', requires: ['clusters >= 2'] }),
    sampleBehaviour({ id: 'LB-2', requires: ['not registry-only'], verdict: 'failed' }),
    sampleBehaviour({ id: 'LB-3', requires: ['multi-network'] }),
    sampleBehaviour({ id: 'LB-4', requires: ['regions >= 3'], verdict: 'not-applicable', reason: 'two regions' }),
    sampleBehaviour({ id: 'LB-5', requires: ['primary-remote'], verdict: 'undetermined' }),
    sampleBehaviour({ id: 'LB-6', requires: [], verdict: 'skipped', reason: 'not selected' }),
    sampleBehaviour({ id: 'CP-1', area: 'control-plane' }),
  ];
  const [topology] = conformanceOf(sampleRecord([sampleTopology({ behaviours })])).topologies;
  expect(topology!.result).toBe('failure');
  expect(topology!.profiles).toEqual([
    {
      name: 'control-plane',
      core: {
        result: 'success',
        statistics: { passed: 1, failed: 0, undetermined: 0, notApplicable: 0, skipped: 0 },
      },
    },
    {
      name: 'load-balancing',
      core: {
        result: 'failure',
        statistics: { passed: 1, failed: 1, undetermined: 0, notApplicable: 0, skipped: 1 },
        failed: ['LB-2'],
        skipped: [{ behaviour: 'LB-6', reason: 'not selected' }],
      },
      extended: {
        result: 'undetermined',
        statistics: { passed: 1, failed: 0, undetermined: 1, notApplicable: 1, skipped: 0 },
        undetermined: ['LB-5'],
        supportedFeatures: ['multi-network'],
        absentFeatures: ['regions >= 3'],
      },
    },
  ]);
});

test('a mesh that could not be built is undetermined, never a success', () => {
  const [none] = conformanceOf(sampleRecord([notBuilt()])).topologies;
  expect(none).toMatchObject({ result: 'undetermined', problem: 'pod istiod-5d6 is ImagePullBackOff', profiles: [] });
  const halfway = conformanceOf(sampleRecord([{ ...notBuilt(), behaviours: [sampleBehaviour()] }]));
  expect(halfway.topologies[0]!.result).toBe('undetermined');
});

test('two runs of one mesh write the same text, whatever they took and were called', () => {
  const first = conformanceText(sampleRecord());
  const second = conformanceText(
    sampleRecord([sampleTopology({ provenMs: 1, timings: [] })], { id: 'other', durationMs: 1, command: ['x'] }),
  );
  expect(second).toBe(first);
  expect(conformanceSchema.parse(parse(first))).toMatchObject({ kind: 'MeshConformanceReport', date: '2026-11-21' });
});
