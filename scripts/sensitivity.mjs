#!/usr/bin/env node
// Loses calls for a known time, and demands that `guard` finds each loss with its kind and length, or says that it is too short
// to be seen. A series (docs/series/README.md): node scripts/sensitivity.mjs RUN [--count N] [--summary FILE]
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { series, seriesArguments } from './series.mjs';

const project = fileURLToPath(new URL('..', import.meta.url));
const ports = { http: 8080, tcp: 9000, grpc: 9090 };
const laneOf = { http: 'new-no-retry', tcp: 'tcp-stream', grpc: 'grpc-stream' };

const { values, positionals } = seriesArguments({
  count: { type: 'string', default: '1' },
  rate: { type: 'string', default: '5' },
});
const [run] = positionals;
if (!run) throw new Error('the id of a run is expected: node scripts/sensitivity.mjs RUN');
const lengths = [50, 200, 500, 1_000, 2_000, 5_000, 10_000];
const intervalMs = 1_000 / Number(values.rate);

await series({
  name: 'sensitivity',
  values,
  parameters: { count: values.count, rate: values.rate, lengths },
  rounds: () => [
    ...Array.from({ length: Number(values.count) }, () => ({ what: 'nothing changes' })),
    ...['reject', 'drop'].flatMap((how) =>
      Object.keys(ports).flatMap((port) =>
        lengths.map((ms) => ({ what: `${how} of port ${port} for ${ms} ms`, how, port, ms })),
      ),
    ),
  ],
  play: ({ how, port, ms }) => (how ? lossOf(how, port, ms) : quiet()),
});

function guard(command) {
  const args = ['guard', run, '--quick', '--rate', values.rate, '--output', 'json', '--', ...command];
  const { stdout, stderr } = spawnSync(join(project, 'meshproof'), args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  try {
    return JSON.parse(stdout).topologies[0].changes[0];
  } catch {
    throw new Error(stderr.slice(-2_000));
  }
}

/** Without a change: anything red is wrong, and what cannot be told is counted. */
function quiet() {
  const { verdict, reasons } = guard(['true']);
  const red = verdict === 'disrupted' || verdict === 'broken';
  return { wrong: red ? reasons : [], note: verdict, counts: { [verdict]: 1 } };
}

/** Traffic to the servers of the last cluster is refused or swallowed in its node, behind the sidecar's own port 15006. */
function lossOf(how, port, ms) {
  const folder = mkdtempSync(join(tmpdir(), 'meshproof-sensitivity-'));
  try {
    const times = join(folder, 'times');
    const script = join(folder, 'block.sh');
    writeFileSync(script, blockScript(how, port, ms, times));
    const change = guard(['sh', script]);
    return judge(change, how, port, ms, readFileSync(times, 'utf8').trim().split('\n').map(Number));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function blockScript(how, port, ms, times) {
  const state = JSON.parse(
    execFileSync(join(project, 'meshproof'), ['status', run, '--output', 'json'], { encoding: 'utf8' }),
  );
  const node = JSON.stringify(state).match(/meshproof-[a-z0-9]+-cluster2-control-plane/)?.[0];
  const target = how === 'reject' ? 'REJECT --reject-with tcp-reset' : 'DROP';
  const rule = `FORWARD -p tcp --dport ${ports[port]} -m comment --comment meshproof-sensitivity -j ${target}`;
  const now = `date +%s%3N >>${times}`;
  // one exec: the rule is there for as long as the sleep lasts
  return `docker exec ${node} sh -c 'date +%s%3N; iptables -I ${rule}; sleep ${ms / 1000}; iptables -D ${rule}; date +%s%3N' >>${times} || { ${now}; exit 1; }
sleep 8
`;
}

function judge({ verdict, paths, startedAt }, how, port, ms, [from, to]) {
  if (verdict === 'undetermined') return { wrong: [], note: 'undetermined', counts: { undetermined: 1 } };
  const zero = Date.parse(startedAt);
  const gaps = paths
    .filter((path) => path.to === 'cluster2' && path.lane === laneOf[port])
    .flatMap((path) => path.gaps.filter((gap) => zero + gap.end.to > from && zero + gap.onset.from < to + 1_000));
  const seenFrom = how === 'drop' ? intervalMs + 1_000 : intervalMs;
  if (gaps.length === 0) {
    const wrong = ms > seenFrom + 2 * intervalMs ? [`${ms} ms were not seen, although ${seenFrom} ms would be`] : [];
    return { wrong, note: `not seen; seen from ${seenFrom} ms`, counts: { 'below the limit': wrong.length ? 0 : 1 } };
  }
  const longest = Math.max(...gaps.map(({ lengthMs }) => lengthMs));
  const blocked = to - from;
  // a swallowed packet is sent again after pauses that double: the stall may last as long again
  const most = (how === 'drop' ? 2 * blocked + 1_000 : blocked) + 2 * intervalMs;
  const wrong = longest <= most ? [] : [`blocked for ${blocked} ms, and the gap is ${longest} ms`];
  if (longest < blocked - 2 * intervalMs - (how === 'drop' ? 1_000 : 0))
    wrong.push(`blocked for ${blocked} ms, and the gap is only ${longest} ms`);
  const kinds = [...new Set(gaps.flatMap((gap) => Object.keys(gap.kinds)))];
  return { wrong, note: `blocked ${blocked} ms, gap ${longest} ms, ${kinds.join(', ')}`, counts: { found: 1 } };
}
