import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run } from '../clusters/command.js';
import { interruption } from '../clusters/scope.js';
import { knownSecrets } from '../clusters/secrets.js';
import { archive } from '../record/archive.js';
import { exitCodeOf, schemaVersion, summaryOf, type RunRecord, type TopologyRecord } from '../record/types.js';
import { projectFolder } from '../topology/paths.js';
import type { Plan } from '../topology/types.js';
import type { Programs } from './context.js';
import type { Progress } from './progress.js';

/** Reports are kept here, one folder a run, below the folder where the command is given. */
export function reportsFolder(): string {
  return path.resolve('reports');
}

/** Puts the record of a run together, writes it with all its views into `dir`, and returns it. */
export async function writeReport(
  dir: string,
  runId: string,
  startedAt: Date,
  plan: Plan,
  programs: Programs,
  topologies: TopologyRecord[],
  progress: Progress,
): Promise<RunRecord> {
  const finishedAt = new Date();
  const interrupted = interruption.signal.aborted;
  const { environment, istio, images } = plan;
  const record: RunRecord = {
    schemaVersion,
    run: {
      id: runId,
      startedAt: startedAt.toISOString(),
      finishedAt: finishedAt.toISOString(),
      durationMs: finishedAt.getTime() - startedAt.getTime(),
      command: ['meshproof', ...process.argv.slice(2)],
      exitCode: exitCodeOf({ run: { interrupted }, topologies }, { strict: false }),
      interrupted,
    },
    meshproof: await version(),
    machine: await machine(programs),
    environment: {
      name: environment.name,
      kubernetes: environment.kubernetes,
      istio: istio.version,
      notes: environment.notes,
      images,
    },
    topologies,
    summary: summaryOf(topologies),
  };
  await progress.step('report', {}, () =>
    archive(dir, record, { canaries: knownSecrets(), warn: (text) => progress.note(text) }),
  );
  return record;
}

async function version(): Promise<RunRecord['meshproof']> {
  const { version } = JSON.parse(readFileSync(path.join(projectFolder, 'package.json'), 'utf8')) as { version: string };
  return { version, commit: await says('git', ['-C', projectFolder, 'rev-parse', '--short=12', 'HEAD']) };
}

async function machine(programs: Programs): Promise<RunRecord['machine']> {
  const [docker, kind, kubectl, istioctl] = await Promise.all([
    says('docker', ['version', '-f', '{{.Server.Version}}']),
    says(programs.kind, ['version', '-q']),
    says('kubectl', ['version', '--client', '-o', 'yaml']).then((text) => /gitVersion: (\S+)/.exec(text ?? '')?.[1]),
    says(programs.istioctl, ['version', '--remote=false', '--short']).then((text) => text?.split(/\s+/).pop()),
  ]);
  const cpus = os.cpus().length;
  return {
    os: os.type(),
    kernel: os.release(),
    cpus,
    memoryBytes: os.totalmem(),
    docker,
    kind,
    kubectl,
    istioctl,
    node: process.version,
  };
}

function says(program: string, args: string[]): Promise<string | undefined> {
  return run(program, args, { timeout: 10, uninterruptible: true }).then(
    (text) => text.trim() || undefined,
    () => undefined,
  );
}
