import { readFile, statfs } from 'node:fs/promises';
import os from 'node:os';
import { docker } from '../kernel/docker.js';
import { gib } from '../kernel/text.js';
import { belongingsOf } from '../provider/kind/docker-belongings.js';
import type { EvidenceItem } from './evidence-items.js';

const table = 'table {{.Names}}\t{{.Status}}\t{{.Image}}\t{{.Networks}}';

/** What is asked of the host and of the containers of a run. Docker that does not answer leaves its message in `containers`. */
export async function hostItems(runId: string, timeout: number): Promise<EvidenceItem[]> {
  const names = await belongingsOf(runId).then(
    ({ containers }) => containers,
    () => [],
  );
  return [
    { name: 'machine', question: 'processors, memory, load and disk of this machine', ask: machine },
    item('containers', ['ps', '-a', '--filter', `name=meshproof-${runId}-`, '--format', table], timeout),
    ...names.flatMap((name) => [
      item(`log-${name}`, ['logs', '--tail', '300', name], timeout),
      item(`kubelet-${name}`, ['exec', name, 'journalctl', '-u', 'kubelet', '--no-pager', '-n', '300'], timeout),
      item(`state-${name}`, ['inspect', '-f', '{{json .State}}', name], timeout),
    ]),
  ];
}

function item(name: string, args: readonly string[], timeout: number): EvidenceItem {
  const ask = () => docker(args, { timeout, uninterruptible: true });
  return { name, question: `docker ${args.join(' ')}`, ask };
}

async function machine(): Promise<string> {
  const [memory, disk] = await Promise.all([readFile('/proc/meminfo', 'utf8').catch(() => ''), statfs(os.tmpdir())]);
  const free = /^MemAvailable:\s+(\d+) kB/m.exec(memory)?.[1];
  return [
    `${os.type()} ${os.release()}, ${os.cpus().length} processors`,
    `load ${os
      .loadavg()
      .map((load) => load.toFixed(1))
      .join(', ')} (1, 5 and 15 minutes)`,
    `memory ${gib(os.totalmem())}, available ${free === undefined ? 'unknown' : gib(Number(free) * 1024)}`,
    `disk of ${os.tmpdir()}: ${gib(disk.bavail * disk.bsize)} free of ${gib(disk.blocks * disk.bsize)}`,
  ].join('\n');
}
