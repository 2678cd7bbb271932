// Everything that proves the project, as `npm test`. All parts run, whatever fails before them; the last line is
// `N passed, N failed`. Plain JavaScript, because nothing may be installed yet.
//   --oldest-node        also unit tests in the oldest Node.js that is supported
//   --package            also the package: packed, installed, used
//   --one-mesh           also four faults by `why` and a quick canary, on one mesh
//   --mixed-helm         also a mesh of two versions of Istio, installed by Helm
//   --containerd-store   also a cluster with Docker's other image store; as root, in the lab
import './own-node.mjs';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countBehaviours, countCheck, countOneMesh, countPages, countUnitTests } from './test-counts.mjs';

/** Topologies that are proven on real clusters. */
const topologies = ['multi-network-multi-primary'];

/** Silence after which the part that runs says so, in milliseconds. */
const silence = 15_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const temporary = mkdtempSync(join(tmpdir(), 'meshproof-test-'));
const unitReport = join(temporary, 'unit.json');
// what is started as `node` is the Node.js that this runs in
symlinkSync(process.execPath, join(temporary, 'node'));
const PATH = [temporary, process.env.PATH].join(delimiter);

/** The folder of the report that the run of the topologies has written; undefined before that, and where it wrote none. */
let report;

const bin = (name) => join(root, 'node_modules/.bin', name);
const vitest = (report) => ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const parts = [
  { title: 'types', command: [bin('tsc'), '--noEmit', '-p', '.'], count: ({ exit }) => countCheck(exit) },
  // what the package says of types: an error here is none of the sources' own
  {
    title: 'types of the public interface',
    command: [bin('tsc'), '-p', 'tsconfig.types.json', '--outDir', join(temporary, 'types')],
    count: ({ exit }) => countCheck(exit),
  },
  { title: 'lint', command: [bin('eslint'), '.'], count: ({ exit }) => countCheck(exit) },
  { title: 'formatting', command: [bin('prettier'), '--check', '.'], count: ({ exit }) => countCheck(exit) },
  {
    title: 'unit tests',
    command: [bin('vitest'), ...vitest(unitReport)],
    count: ({ exit }) => countUnitTests(readJson(unitReport), exit),
  },
  ...(process.argv.includes('--oldest-node') ? [onOldestNode()] : []),
  ...(process.argv.includes('--package') ? [asPackage()] : []),
  {
    title: 'topologies on real clusters',
    command: [join(root, 'meshproof'), 'run', ...topologies, '--output', 'json'],
    json: true,
    count: ({ exit, stdout }) => {
      const record = readRecord(stdout);
      report = record && join(root, 'reports', record.run.id);
      return countBehaviours(record, topologies, exit);
    },
  },
  // of the run before, and of a record that has every section
  {
    title: 'pages of reports in Chromium',
    command: () => [process.execPath, 'scripts/report-measures.mjs', '--json', '--sample', ...(report ? [report] : [])],
    json: true,
    count: ({ exit, stdout }) => countPages(parseJson(stdout), 2, exit),
  },
  ...topologies.map((name) => ({
    title: `executed steps of ${name}`,
    command: [process.execPath, 'scripts/executed-steps.mjs', name],
    count: ({ exit }) => countCheck(exit),
  })),
  ...(process.argv.includes('--one-mesh') ? [onOneMesh()] : []),
  ...(process.argv.includes('--mixed-helm') ? [mixedByHelm()] : []),
  ...(process.argv.includes('--containerd-store') ? [onContainerdStore()] : []),
];

/** The unit tests of what depends on Node.js most: start, child processes, requests, files, and the CLI among stub programs. */
function onOldestNode() {
  const report = join(temporary, 'oldest.json');
  const names = [
    'launcher',
    'own-node',
    'start-time',
    'e2e-harness',
    'processes',
    'programs',
    'api',
    'shell',
    'streams',
  ];
  const more = ['record', 'evidence', 'fixtures', 'topology'];
  const script = ['scripts/oldest-node.mjs', 'node_modules/vitest/vitest.mjs', ...vitest(report), ...names, ...more];
  return {
    title: 'unit tests in the oldest Node.js',
    command: [process.execPath, ...script],
    count: ({ exit }) => countUnitTests(readJson(report), exit),
  };
}

/** What a user of the package has, in an empty folder. */
function asPackage() {
  return {
    title: 'the package',
    command: [process.execPath, 'scripts/package-test.mjs'],
    count: ({ exit }) => countCheck(exit),
  };
}

/** Four faults that `why` must name, and a quick canary under load. */
function onOneMesh() {
  return {
    title: 'causes and a canary on one mesh',
    command: [process.execPath, 'scripts/one-mesh.mjs'],
    json: true,
    count: ({ exit, stdout }) => countOneMesh(parseJson(stdout), exit),
  };
}

/** A mesh of two versions of Istio, installed by Helm. */
function mixedByHelm() {
  const name = 'mixed-versions';
  const args = ['run', name, '--installer', 'helm', '--only', 'LB,CP', '--output', 'json', '--yes'];
  return {
    title: 'two versions of Istio by Helm',
    command: [join(root, 'meshproof'), ...args],
    json: true,
    count: ({ exit, stdout }) => countBehaviours(readRecord(stdout), [name], exit),
  };
}

/** A cluster in a second Docker, with the image store that is the default since Docker 29. */
function onContainerdStore() {
  return {
    title: "Docker's containerd image store",
    command: [process.execPath, 'scripts/containerd-store.mjs'],
    count: ({ exit }) => countCheck(exit),
  };
}

let child;
let interrupted;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interrupted = signal;
    // a Ctrl-C in the terminal has reached the part already; it cleans up and ends by itself
    if (signal === 'SIGTERM') child?.kill(signal);
  });
}

let passed = 0;
let failed = 0;
for (const part of parts) {
  const start = Date.now();
  const result = interrupted ? undefined : await runPart(part, start);
  const counts = result ? part.count(result) : { passed: 0, failed: 1, lines: [`not run: ${interrupted}`] };
  passed += counts.passed;
  failed += counts.failed;
  if (counts.skipped) {
    console.log(`skipped ${part.title}: ${counts.skipped}`);
    continue;
  }
  const time = `${((Date.now() - start) / 1000).toFixed(1)} s`;
  if (counts.failed === 0) {
    console.log(`passed  ${part.title}: ${counts.passed} (${time})`);
    continue;
  }
  // a record is read, and in the reports; as text it hides what went wrong
  const said = part.json ? result?.stderr : result?.output;
  if (said) console.log(`${'-'.repeat(80)}\n${said.trimEnd()}\n${'-'.repeat(80)}`);
  console.log(`FAILED  ${part.title}: ${counts.passed} passed, ${counts.failed} failed (${time})`);
  for (const line of counts.lines) console.log(line.replace(/^/gm, '        '));
}
rmSync(temporary, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = interrupted ? 130 : failed > 0 ? 1 : 0;

/** Runs the program of a part and keeps what it says; now and then a line tells that it still runs, and at what. */
function runPart({ title, command }, start) {
  return new Promise((resolve) => {
    let output = '';
    let stdout = '';
    let stderr = '';
    let last = '';
    const timer = setInterval(() => {
      const seconds = Math.round((Date.now() - start) / 1000);
      console.log(`        ${title}: ${seconds} s${last && `, ${last}`}`);
    }, silence);
    // color would be for a terminal; the output is a pipe, and is shown later
    const env = { ...process.env, PATH, NO_COLOR: '1', FORCE_COLOR: undefined };
    // what it runs may depend on a part before it
    const [program, ...args] = typeof command === 'function' ? command() : command;
    child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (text) => {
      output += text;
      last = text.trim().split('\n').at(-1).trim().slice(0, 100) || last;
    };
    child.stdout.setEncoding('utf8').on('data', (text) => ((stdout += text), keep(text)));
    child.stderr.setEncoding('utf8').on('data', (text) => ((stderr += text), keep(text)));
    child.on('error', (error) => keep(`${error.message}\n`));
    child.on('close', (code, signal) => {
      clearInterval(timer);
      resolve({ exit: code ?? signal, output, stdout, stderr });
    });
  });
}

/** The result.json of the run whose record is on stdout; undefined when there is none. */
function readRecord(stdout) {
  try {
    return readJson(join(root, 'reports', JSON.parse(stdout).run.id, 'result.json'));
  } catch {
    return undefined;
  }
}

function readJson(file) {
  try {
    return parseJson(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
