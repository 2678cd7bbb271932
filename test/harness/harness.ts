import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FakeDocker } from './docker.js';
import { answerKubectl, readKubectl } from './kubectl.js';
import { FakeCluster } from './kubernetes.js';
import { putWorkload, writeMesh, type FakeMesh, type Plan } from './mesh.js';
import { meshproof, startProgram, type Ended, type Running, type StartOptions } from './process.js';
import { Stubs } from './stubs.js';
import { FakeTraffic } from './traffic.js';

/**
 * Runs the real `./meshproof` as a child process, where nothing around it is real: `docker`, `kubectl`, `kind` and `istioctl` are
 * stubs, API servers are fake ones on loopback, and all folders (state, cache, lab, home, working directory) are its own and go
 * with it. Playwright, reporters, archive and scan are the real ones.
 *
 * What it shows is what meshproof does, and with which exit code, when these programs answer so. That a real Docker or cluster
 * gives such an answer is assumed; a test that rests on an unusual answer says where it comes from.
 *
 * It imports nothing from src/, so it outlives any restructuring there: it knows the command line, the state file and the report.
 *
 *     const harness = await Harness.start();           // afterAll(() => harness.close())
 *     const { runId } = await harness.mesh(topology);  // a run that is up, its state made from `plan --output json`
 *     harness.traffic.http = () => ({ version: 'v1' });// how calls of workloads are answered
 *     harness.stubs.on('kubectl', ({ args }) => ...);  // any other answer; the newest comes first, undefined passes on
 *     const { code, stdout } = await harness.run('test', runId, '--only', 'LB-1');
 *     harness.record();                                // result.json of the only report
 *     harness.stubs.said('docker');                    // which calls were made; clusters log theirs in `requests`
 */
export class Harness {
  readonly docker = new FakeDocker();
  /** Every fake cluster, in the order of their making. */
  readonly clusters: FakeCluster[] = [];
  /** Calls of workloads; without anything else every version of the mesh answers in turn. */
  readonly traffic = new FakeTraffic(({ index }) => ({ version: this.versions[index % this.versions.length] ?? 'v1' }));
  /** Environment of every child, beside PATH; a test may add to it. */
  readonly env: Record<string, string>;
  private versions: string[] = [];
  private readonly running = new Set<Running>();

  private constructor(
    /** Everything of this harness is below it. */
    readonly root: string,
    readonly stubs: Stubs,
    private readonly program: string,
  ) {
    for (const folder of ['state', 'cache', 'lab', 'run', 'home', 'work']) mkdirSync(path.join(root, folder));
    this.env = {
      PATH: stubs.path.join(path.delimiter),
      HOME: this.folder('home'),
      TMPDIR: tmpdir(),
      LANG: 'C.UTF-8',
      MESHPROOF_STATE_DIR: this.folder('state'),
      XDG_CACHE_HOME: this.folder('cache'),
      MESHPROOF_LAB_HOME: this.folder('lab'),
      MESHPROOF_LAB_RUN: this.folder('run'),
      MESHPROOF_LAB_CACHE: '',
      MESHPROOF_ENVIRONMENT: 'public',
      DOCKER_HOST: `unix://${path.join(root, 'no-docker.sock')}`,
      NO_COLOR: '1',
    };
    stubs.on('docker', (call) => this.docker.answer(call));
    stubs.on('kind', ({ args }) =>
      args[0] === 'version' ? (args.includes('-q') ? '0.33.0\n' : 'kind v0.33.0 go1.26\n') : undefined,
    );
    stubs.on('kubectl', (call) => {
      const command = readKubectl(call, this.clusters);
      return command && (answerKubectl(command) ?? this.traffic.answer(command));
    });
  }

  /** `programs` are the stubs that are on PATH; `program` is what is tested, by default this checkout. */
  static async start({
    programs = ['docker', 'kubectl', 'kind', 'istioctl'],
    program = meshproof,
  } = {}): Promise<Harness> {
    // short, because of the socket in it
    const root = mkdtempSync(path.join(tmpdir(), 'mp-'));
    return new Harness(root, await Stubs.start(root, programs), program);
  }

  /** Ends what still runs, and removes everything. */
  async close(): Promise<void> {
    for (const child of this.running) child.kill('SIGKILL', { group: true });
    await Promise.all([...this.running].map(({ ended }) => ended));
    await Promise.all(this.clusters.map((cluster) => cluster.stop()));
    await this.stubs.stop();
    rmSync(this.root, { recursive: true, force: true });
  }

  folder(name: 'state' | 'cache' | 'lab' | 'run' | 'home' | 'work'): string {
    return path.join(this.root, name);
  }

  /** Writes a file below the working directory; returns its path there. */
  file(name: string, text: string): string {
    const file = path.join(this.folder('work'), name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return name;
  }

  /** Starts meshproof in the working directory. */
  start(args: readonly string[], options: StartOptions = {}): Running {
    const child = startProgram(this.program, args, {
      cwd: this.folder('work'),
      ...options,
      env: { ...this.env, ...options.env },
    });
    this.running.add(child);
    void child.ended.then(() => this.running.delete(child));
    return child;
  }

  /** Runs meshproof to its end. */
  run(...args: string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  /** Runs a stub itself, as meshproof would. */
  async call(program: string, ...args: string[]): Promise<{ exit: number | null; stdout: string; stderr: string }> {
    const { code, ...texts } = await startProgram(path.join(this.stubs.path[0]!, program), args, { env: this.env })
      .ended;
    return { exit: code, ...texts };
  }

  /** A fake cluster with istiod's and the sample's namespaces; of no run yet. */
  async cluster(name: string): Promise<FakeCluster> {
    const cluster = await FakeCluster.start(name);
    this.clusters.push(cluster);
    return cluster;
  }

  /** The plan of a topology: the text of a file, or the name of one of the project's. Throws with what meshproof said. */
  async plan(topology: string): Promise<Plan> {
    const name = topology.includes('\n') ? this.file('t.yaml', topology) : topology;
    const { code, stdout, stderr } = await this.run('plan', name, '--output', 'json');
    if (code !== 0) throw new Error(`plan ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as Plan;
  }

  /** A run that is up: fake clusters with sleep and helloworld in them, and the state that `up` would have left. */
  async mesh(topology = 'multi-network-multi-primary'): Promise<FakeMesh> {
    const plan = await this.plan(topology);
    const clusters = await Promise.all(plan.clusters.map(({ name }) => this.cluster(name)));
    for (const [i, { helloworld }] of plan.clusters.entries()) {
      putWorkload(clusters[i]!, 'sample', 'sleep');
      for (const version of helloworld)
        putWorkload(clusters[i]!, 'sample', `helloworld-${version}`, { app: 'helloworld', version });
    }
    this.versions = [...new Set(plan.clusters.flatMap(({ helloworld }) => helloworld))];
    const version = `${plan.istio.version}\n`;
    this.stubs.on('istioctl', ({ args }) =>
      args[0] === 'version' && args.includes('--remote=false') ? version : undefined,
    );
    return writeMesh(this.folder('state'), plan, clusters);
  }

  /** Folders below reports/ of the working directory, sorted. */
  reports(): string[] {
    try {
      return readdirSync(path.join(this.folder('work'), 'reports')).sort();
    } catch {
      return [];
    }
  }

  /** result.json of the newest report, or of the newest of a run. */
  record(runId = ''): RunRecord {
    const folder = path.join(this.folder('work'), 'reports');
    const age = (name: string): number => statSync(path.join(folder, name)).birthtimeMs;
    const [newest] = this.reports()
      .filter((name) => name.startsWith(runId))
      .sort((a, b) => age(b) - age(a));
    if (!newest) throw new Error('no report exists');
    return JSON.parse(readFileSync(path.join(folder, newest, 'result.json'), 'utf8')) as RunRecord;
  }

  /** Who works on a run, or did last: its newest lease. */
  lease(runId: string): { pid: number; kept: boolean; released?: boolean } {
    const folder = path.join(this.folder('state'), 'runs', runId);
    const term = (name: string): number => Number(/^lease-(\d+)\.json$/.exec(name)?.[1] ?? 0);
    const [newest] = readdirSync(folder)
      .filter((name) => /^lease(-\d+)?\.json$/.test(name))
      .sort((a, b) => term(b) - term(a));
    return JSON.parse(readFileSync(path.join(folder, newest!), 'utf8')) as ReturnType<Harness['lease']>;
  }
}

/** The part of result.json that is looked at here. */
interface RunRecord {
  run: { id: string; exitCode: number; interrupted: boolean };
  topologies: {
    name: string;
    file: string;
    fileSha256: string;
    features: Record<string, unknown>;
    verdict: string;
    problem?: { message: string };
    behaviours: {
      id: string;
      verdict: string;
      reason?: string;
      durationMs: number;
      failures: { message: string; cluster?: string; findings?: { check: string; cluster?: string }[] }[];
    }[];
    findings?: { check: string; behaviours: string[] }[];
  }[];
}
