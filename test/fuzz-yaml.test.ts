import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describePlan } from '../src/cli/describe-plan.js';
import { readEnvironment } from '../src/supply/read-environment.js';
import { parseTopology } from '../src/topology/parse-topology.js';
import { makePlan } from '../src/plan/make-plan.js';
import { drawing, expectPositions, mutateText, refusal } from './helpers/mutate.js';

const folder = mkdtempSync(path.join(tmpdir(), 'fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

const textsOf = (...folders: string[]): string[] =>
  folders.flatMap((name) => readdirSync(name).map((file) => readFileSync(path.join(name, file), 'utf8')));
const runId = 'abcde12345';
const topology = readFileSync('topologies/multi-network-multi-primary.yaml', 'utf8');

test('4,500 damaged topologies give a plan, or problems with a position', async () => {
  const draw = drawing(20261129);
  const texts = textsOf('topologies', 'test/bad-topologies');
  const good = textsOf('topologies');
  const environments = [readEnvironment('lab'), readEnvironment('public')];
  const counts = { planned: 0, refused: 0 };
  for (let i = 0; i < 4500; i++) {
    const text = mutateText(draw.of(i % 2 ? texts : good), draw);
    const input = JSON.stringify(text);
    const error = await refusal(() => {
      const plan = makePlan(parseTopology(text, 'a.yaml'), environments[i % 2]!, { runId });
      expect(describePlan(plan)).toContain('cluster');
      JSON.stringify(plan);
    }, input);
    counts[error ? 'refused' : 'planned']++;
    if (error) expectPositions(error, ['a.yaml'], input);
  }
  // neither refuses everything nor takes everything
  expect(Math.min(counts.planned, counts.refused)).toBeGreaterThan(300);
});

test('2,000 damaged environments give a plan, or problems with a position', async () => {
  const draw = drawing(77);
  const texts = [
    ...textsOf('environments'),
    'extends: public\nkubernetes: 1.35.8\nvalues: { pilot: { replicaCount: 1 } }\n',
    'extends: lab\nimages: { sleep: a.example/curl:8 }\nistioVersions: [1.31.0, 1.32-alpha.0123]\n',
  ];
  const counts = { planned: 0, refused: 0 };
  const file = path.join(folder, 'own.yaml');
  const known = [file, ...['lab', 'public'].map((name) => readEnvironment(name).file)];
  for (let i = 0; i < 2000; i++) {
    const text = mutateText(texts[i % texts.length]!, draw);
    const input = JSON.stringify(text);
    writeFileSync(file, text);
    const error = await refusal(() => {
      const environment = readEnvironment(file);
      describePlan(makePlan(parseTopology(topology, 'a.yaml'), environment, { runId }));
    }, input);
    counts[error ? 'refused' : 'planned']++;
    if (error) expectPositions(error, [...known, 'a.yaml'], input);
  }
  expect(Math.min(counts.planned, counts.refused)).toBeGreaterThan(200);
});

test('1,500 damaged images files give a plan, or problems with a position', async () => {
  const draw = drawing(8);
  const { images } = readEnvironment('public');
  const whole = Object.entries(images).map(([role, image]) => `${role}: ${image.replace('{kubernetes}', '1.36.4')}\n`);
  const counts = { planned: 0, refused: 0 };
  const imagesFile = path.join(folder, 'images.yaml');
  for (let i = 0; i < 1500; i++) {
    const text = mutateText(whole.slice(0, 1 + draw.below(whole.length)).join(''), draw);
    const input = JSON.stringify(text);
    writeFileSync(imagesFile, text);
    const error = await refusal(() => {
      const environment = readEnvironment(i % 2 ? 'public' : 'lab', { imagesFile });
      describePlan(makePlan(parseTopology(topology, 'a.yaml'), environment, { runId }));
    }, input);
    counts[error ? 'refused' : 'planned']++;
    if (error) expectPositions(error, [imagesFile, 'a.yaml'], input);
  }
  expect(Math.min(counts.planned, counts.refused)).toBeGreaterThan(100);
});
