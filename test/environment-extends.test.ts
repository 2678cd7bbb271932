import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readEnvironment } from '../src/supply/read-environment.js';
import { ProblemsError } from '../src/kernel/errors.js';

const folder = mkdtempSync(join(tmpdir(), 'meshproof-extends-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, text: string): string => {
  mkdirSync(join(folder, 'below'), { recursive: true });
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
function problems(file: string): string[] {
  try {
    readEnvironment(file);
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    return error.problems.map(({ file, line, column, message }) => {
      const shown = file.startsWith(folder) ? relative(folder, file) : file;
      return `${shown}:${line}:${column} ${message.replaceAll(`${folder}/`, '')}`;
    });
  }
  return [];
}

test('three lines are an environment: everything else is that of the one below', () => {
  const own = readEnvironment(write('older.yaml', 'extends: public\nkubernetes: 1.35.8\nistioVersions: [1.29.8]\n'));
  const plain = readEnvironment('public');
  expect(own).toMatchObject({ name: 'older', base: 'public', kubernetes: '1.35.8', istioVersions: ['1.29.8'] });
  expect(own.images['kind-node']).toMatch(/^docker\.io\/kindest\/node:v1\.35\.8@sha256:07b2536e/);
  expect(own.programs.kubectl.version).toBe('1.35.8');
  expect({ ...own.images, 'kind-node': '' }).toEqual({ ...plain.images, 'kind-node': '' });
  expect([own.addressPool, own.metallbManifest]).toEqual([plain.addressPool, plain.metallbManifest]);
  expect(plain.base).toBe('public');
});

test('objects are merged key by key, lists and words are replaced, by way of several files', () => {
  write('one.yaml', 'extends: lab\nimages: { sleep: one.example/curl:1, echo: one.example/app:1 }\nnotes: [one]\n');
  const two = write(
    'below/two.yaml',
    'extends: ../one.yaml\nimages: { sleep: two.example/curl:2 }\nvalues: { pilot: { cni: { enabled: true } } }\n',
  );
  const { images, values, notes, base } = readEnvironment(two);
  expect(images).toMatchObject({ sleep: 'two.example/curl:2', echo: 'one.example/app:1' });
  expect(values).toMatchObject({ pilot: { cni: { enabled: true }, resources: {} }, telemetry: { enabled: false } });
  expect([notes, base]).toEqual([['one'], 'lab']);
});

test('a path in a file counts from the folder of that file', () => {
  write('below/manifest.yaml', 'extends: public\nmetallbManifest: own.yaml\n');
  const top = write('top.yaml', 'extends: below/manifest.yaml\ncpuRequest: 20m\n');
  expect(readEnvironment(top).metallbManifest).toBe(join(folder, 'below/own.yaml'));
});

test('a checksum and digests go with what they are of: a file that replaces that takes them away', () => {
  const own = readEnvironment(write('manifest.yaml', 'extends: public\nmetallbManifest: own.yaml\n'));
  expect(own.metallbManifestSha256).toBeUndefined();
  const node = readEnvironment(
    write('node.yaml', "extends: public\nimages: { kind-node: 'own.example/node:v{kubernetes}' }\n"),
  );
  expect(node.images['kind-node']).toBe('own.example/node:v1.36.4');
});

describe('problems stand in the file that they are in', () => {
  test('of the file itself, of the one below, and of what neither has', () => {
    write('base.yaml', 'extends: public\ncpuRequest: little\nimages:\n  slepe: own.example/curl:1\n');
    const top = write('bad-top.yaml', 'extends: base.yaml\naddressPool: 172.28.0.0/24\nimages:\n  httpbin: 5\n');
    expect(problems(top)).toEqual([
      'bad-top.yaml:2:14 addressPool has a prefix of 24 bits',
      'bad-top.yaml:4:12 images.httpbin has the wrong type',
      'base.yaml:2:13 cpuRequest is not a valid amount of CPU',
      'base.yaml:4:3 unknown key "slepe" in images',
    ]);
  });

  test('a Kubernetes without a node image', () => {
    const top = write('k8s.yaml', 'extends: public\n\nkubernetes: 1.36.5\n');
    expect(problems(top)).toEqual(['k8s.yaml:3:13 the node image of Kubernetes 1.36.5 is unknown']);
  });

  test('a node image of another Kubernetes than the file below has', () => {
    const top = write('mixed.yaml', 'extends: public\nimages:\n  kind-node: own.example/node:v1.35.8\n');
    expect(problems(top)).toEqual([
      'mixed.yaml:3:14 the node image has Kubernetes 1.35.8, but the requested version is 1.36.4',
    ]);
    expect(
      problems(
        write('mixed.yaml', `extends: public\nkubernetes: 1.35.8\nimages: { kind-node: own.example/node:v1.35.8 }`),
      ),
    ).toEqual([]);
  });

  test('nothing that is called so', () => {
    expect(problems(write('none.yaml', 'extends: pubic\n'))).toEqual(['none.yaml:1:10 unknown environment']);
    expect(problems(write('folder.yaml', 'extends: ./\n'))).toEqual(['folder.yaml:1:10 unknown environment']);
    expect(problems(write('away.yaml', 'extends: ./away/x.yaml\n'))).toEqual(['away.yaml:1:10 unknown environment']);
    expect(problems(write('list.yaml', '- extends: lab\n'))).toEqual(['list.yaml:1:1 the file has the wrong type']);
    expect(problems(write('word.yaml', 'extends: 5\n'))).toEqual(['word.yaml:1:10 extends has the wrong type']);
  });

  test('a circle, of one file or of several', () => {
    expect(problems(write('self.yaml', 'extends: self.yaml\n'))).toEqual([
      'self.yaml:1:10 extends is circular: it returns to self.yaml',
    ]);
    write('a.yaml', 'extends: b.yaml\n');
    write('b.yaml', 'description: x\nextends: below/../a.yaml\n');
    expect(problems(join(folder, 'a.yaml'))).toEqual([
      'b.yaml:2:10 extends is circular: it returns to a.yaml, then b.yaml',
    ]);
    write('start.yaml', 'extends: a.yaml\n');
    expect(problems(join(folder, 'start.yaml'))).toEqual([
      'b.yaml:2:10 extends is circular: it returns to a.yaml, then b.yaml',
    ]);
  });
});
