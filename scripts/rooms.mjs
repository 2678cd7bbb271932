// The rooms of the house, and a reader of their imports: used by the linter's configuration and by test/rooms.test.ts.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Folders of src/ in the order of what they may know: each imports from itself and from those above it. */
export const rooms = [
  // processes, cancellation, waiting, files, secrets in texts
  'kernel',
  // what a run has found, and its views
  'record',
  // ids, labels, leases, folders: whose is what
  'run',
  // one cluster's API
  'kube',
  // topology files, and the types of environments and plans
  'topology',
  // programs, images, environments: where they come from
  'supply',
  // builds them on a machine without registries
  'supply/lab',
  // makes or finds clusters
  'provider',
  // puts Istio on a cluster and takes it away
  'installer',
  // topology and environment, resolved
  'plan',
  // what can be asked of clusters and proxies
  'probe',
  // puts a plan on its clusters; state file; removal
  'mesh',
  // named causes: of a machine, and of a mesh
  'check',
  // what is collected when something is wrong
  'evidence',
  // breakages, and what must notice them
  'fault',
  // sequences of acts under load: upgrades, rotations, losses
  'scenario',
  // runs: build, prove, report, remove
  'engine',
  // parses, prints, exits
  'cli',
];

/** The public interface of the package: in no room, imports from all and from fixtures/, and is imported by none. */
export const publicFile = 'index.ts';

/** The room of a file, by its path below src/; undefined where it is in none. */
export function roomOf(file) {
  return rooms.filter((room) => file.startsWith(`${room}/`)).sort((a, b) => b.length - a.length)[0];
}

const statement =
  /^\s*(?:import|export)\s(?:[^'";]*?\sfrom\s*)?['"](\.[^'"]+)['"]|\bimport\(\s*['"](\.[^'"]+)['"]\s*\)/gm;

/** Every file below `folder` with the files of the project that it imports, types included; all are relative to it. */
export function readImports(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return new Map(files.sort().map((file) => [file, importsOf(file, readFileSync(path.join(folder, file), 'utf8'))]));
}

/** What the text of a file imports from the project. */
export function importsOf(file, text) {
  const found = [...text.matchAll(statement)].map(([, from, loaded]) => from ?? loaded);
  return [...new Set(found.map((from) => path.join(path.dirname(file), from).replace(/\.js$/, '.ts')))];
}

/** Imports from a room that comes later in the list, and of what is in none, as `file -> file`. */
export function wrongWays(imports) {
  return [...imports]
    .filter(([file]) => file !== publicFile)
    .flatMap(([file, targets]) =>
      targets
        .filter((target) => !roomOf(target) || rooms.indexOf(roomOf(target)) > rooms.indexOf(roomOf(file)))
        .map((target) => `${file} -> ${target}`),
    );
}

/** Groups of files that import each other in a circle, each sorted. */
export function circles(imports) {
  const order = new Map();
  const lowest = new Map();
  const stack = [];
  const found = [];
  const visit = (file) => {
    order.set(file, order.size);
    lowest.set(file, order.get(file));
    stack.push(file);
    for (const target of imports.get(file) ?? []) {
      if (!order.has(target)) visit(target);
      if (stack.includes(target)) lowest.set(file, Math.min(lowest.get(file), lowest.get(target)));
    }
    if (lowest.get(file) !== order.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1) found.push(circle.sort());
  };
  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return found;
}
