import { createRun, listRuns, newRunId, readState, stateFile, takeLease, writeLease } from '../clusters/runs.js';
import { belongingsOf } from '../clusters/belongings.js';
import { takeDown } from '../clusters/take-down.js';
import { createRunFolder } from '../record/store.js';
import { summarize } from '../record/summary.js';
import type { RunRecord, TopologyRecord } from '../record/types.js';
import { exitCode, MeshproofError, type ExitCode } from '../topology/errors.js';
import type { Plan } from '../topology/types.js';
import {
  checkMachine,
  openEnvironment,
  planFor,
  readTopologies,
  type GlobalOptions,
  type Programs,
} from './context.js';
import type { Progress } from './progress.js';
import { reportsFolder, writeReport } from './report.js';
import { TopologyRun } from './topology-run.js';

/** `meshproof run`: from topology files to a report; everything that was made is removed again, unless it is to be kept. */
export async function runCommand(
  names: readonly string[],
  args: readonly string[],
  options: GlobalOptions,
  progress: Progress,
): Promise<ExitCode> {
  const startedAt = new Date();
  const topologies = readTopologies(names);
  const environment = await openEnvironment(options, progress);
  const runId = newRunId();
  const plans = await Promise.all(topologies.map((topology) => planFor(topology, environment, runId)));
  const programs = await checkMachine(plans[0]!, progress);
  const dir = await createRunFolder(reportsFolder(), runId);
  progress.note(`run ${runId}; report in reports/${runId}`);
  const records: TopologyRecord[] = [];
  for (const plan of plans) {
    createRun(runId);
    const topology = new TopologyRun(plan, programs, progress);
    try {
      await topology.build();
      await topology.prove(dir, args);
      records.push(await topology.record(dir));
    } finally {
      if (options.keep && plan === plans.at(-1)) keep(runId, progress);
      else await progress.step('removal', {}, () => takeDown(runId));
    }
  }
  return finish(dir, runId, startedAt, plans[0]!, programs, records, options, progress);
}

/** `meshproof up`: builds a mesh and leaves it, for `test`, `status` and `down`. */
export async function upCommand(name: string, options: GlobalOptions, progress: Progress): Promise<ExitCode> {
  const [topology] = readTopologies([name]);
  const environment = await openEnvironment(options, progress);
  const runId = newRunId();
  const plan = await planFor(topology!, environment, runId);
  const programs = await checkMachine(plan, progress);
  createRun(runId);
  const topologyRun = new TopologyRun(plan, programs, progress);
  await topologyRun.build();
  const { problem } = topologyRun;
  if (problem) {
    if (options.keep) keep(runId, progress);
    else await progress.step('removal', {}, () => takeDown(runId));
    throw problem;
  }
  keep(runId, progress);
  progress.stop();
  const state = readState(runId)!;
  process.stdout.write(options.output === 'json' ? `${JSON.stringify(state, null, 2)}\n` : `${runId}\n`);
  return exitCode.passed;
}

/** `meshproof test`: proves the behaviours of a mesh that is up; it is left as it was. */
export async function testCommand(
  runId: string | undefined,
  args: readonly string[],
  options: GlobalOptions,
  progress: Progress,
): Promise<ExitCode> {
  const startedAt = new Date();
  const id = runId ?? onlyRun();
  const state = readState(id);
  if (state?.phase !== 'up') {
    throw new MeshproofError(
      state ? `the mesh of run ${id} is ${state.phase}, not up` : `there is no run ${id}`,
      exitCode.usage,
      {
        where: stateFile(id),
        remedy: 'list what is up with: meshproof status',
      },
    );
  }
  takeLease(id);
  try {
    const programs = await checkMachine(state.plan, progress);
    const reportId = `${id}-${startedAt.toISOString().replace(/[-:]|\..*/g, '')}`;
    const dir = await createRunFolder(reportsFolder(), reportId);
    progress.note(`run ${id}; report in reports/${reportId}`);
    const topology = new TopologyRun(state.plan, programs, progress, state);
    await topology.prove(dir, args);
    const records = [await topology.record(dir)];
    return await finish(dir, reportId, startedAt, state.plan, programs, records, options, progress);
  } finally {
    writeLease(id, true);
  }
}

/** `meshproof down`: removes runs with everything that they made. */
export async function downCommand(
  runIds: readonly string[],
  options: GlobalOptions,
  progress: Progress,
): Promise<ExitCode> {
  for (const id of runIds) {
    const { containers, networks } = await belongingsOf(id);
    if (!readState(id) && containers.length + networks.length === 0) {
      throw new MeshproofError(`there is no run ${id}`, exitCode.usage, {
        remedy: 'list what is there with: meshproof status',
      });
    }
    takeLease(id);
    const gone = await progress.step(`removal of ${id}`, {}, () => takeDown(id));
    progress.stop();
    process.stdout.write(options.output === 'json' ? `${JSON.stringify({ runId: id, ...gone })}\n` : `${id} removed\n`);
  }
  return exitCode.passed;
}

async function finish(
  dir: string,
  reportId: string,
  startedAt: Date,
  plan: Plan,
  programs: Programs,
  records: TopologyRecord[],
  options: GlobalOptions,
  progress: Progress,
): Promise<ExitCode> {
  const record: RunRecord = await writeReport(dir, reportId, startedAt, plan, programs, records, progress);
  progress.stop();
  const text = summarize(record, {
    dir: `reports/${reportId}`,
    colour: options.color && Boolean(process.stdout.isTTY),
  });
  process.stdout.write(options.output === 'json' ? `${JSON.stringify(record, null, 2)}\n` : text);
  return record.run.exitCode as ExitCode;
}

/** Leaves a run for later commands. */
function keep(runId: string, progress: Progress): void {
  writeLease(runId, true);
  progress.note(`kept: meshproof test ${runId}, meshproof status ${runId}, meshproof down ${runId}`);
}

/** The run that is meant when none is named: the only one that is up. */
function onlyRun(): string {
  const up = listRuns().filter((id) => readState(id)?.phase === 'up');
  if (up.length === 1) return up[0]!;
  throw new MeshproofError(
    up.length === 0 ? 'no mesh is up' : `several meshes are up: ${up.join(', ')}`,
    exitCode.usage,
    {
      remedy: up.length === 0 ? 'make one with: meshproof up <topology>' : 'name one of them',
    },
  );
}
