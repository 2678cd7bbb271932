import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import * as tar from 'tar';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { run } from '../kernel/run-program.js';
import { sha256Of } from '../kernel/sha256.js';
import { inUserCache } from '../kernel/user-cache.js';
import type { Environment } from '../topology/environment-types.js';
import type { ChartSource, Plan } from '../topology/plan-types.js';
import { DownloadError } from './download.js';
import { inScratchFolder } from '../run/scratch-folder.js';
import { downloadVerified } from './verified-download.js';

/** Istio's charts, by the names under which they are published. */
export type IstioChart = 'base' | 'istiod' | 'cni' | 'gateway';

/** Where they are in Istio's sources and release archives. */
const folders: Record<IstioChart, string> = {
  base: 'base',
  istiod: 'istio-control/istio-discovery',
  cni: 'istio-cni',
  gateway: 'gateway',
};

/** Where an environment says that the charts of a version are; `from` is empty where it names none. */
export function chartSource(
  { istioCharts = '', istioChartsSha256 }: Pick<Environment, 'istioCharts' | 'istioChartsSha256'>,
  version: string,
): ChartSource {
  const fill = (text: string): string => text.replaceAll('{istio}', version);
  return { from: fill(istioCharts), version, ...(istioChartsSha256 && { sha256: fill(istioChartsSha256) }) };
}

/** The charts that plans need, each version once. */
export function chartsNeeded(plans: readonly Plan[]): ChartSource[] {
  const sources = new Map<string, ChartSource>();
  for (const { needs } of plans.flatMap(({ controlPlanes, coming = [] }) => [...controlPlanes, ...coming]))
    if (needs.charts) sources.set(`${needs.charts.from} ${needs.charts.version}`, needs.charts);
  return [...sources.values()];
}

/** Arguments by which helm finds a chart. Throws (exit 4) where it is not to be found. */
export async function chartArguments(source: ChartSource, chart: IstioChart): Promise<string[]> {
  const { from, version } = source;
  const kept = keptFolder(source);
  // a folder of the user's may have been changed since its charts were loaded
  const isKept = existsSync(kept) && !existsSync(from);
  if (!isKept && from.startsWith('oci://')) return [`${from}/${chart}`, '--version', version];
  if (!isKept && isRepository(from)) return [chart, '--repo', from, '--version', version];
  if (!isKept && isDownload(from)) await downloadCharts(source);
  const folder = isKept || isDownload(from) ? kept : from;
  const found = [folders[chart], chart].map((name) => path.join(folder, name)).find((one) => existsSync(one));
  if (found) return [found];
  throw chartError(`the folder ${folder} has no chart ${chart}`, source);
}

/** The charts that a plan needs, in one version: why they are not there, where they are not. */
export interface ChartsResult {
  source: ChartSource;
  error?: MeshproofError;
}

/** All charts that plans need, looked for (and, where they are an archive, downloaded) at once; each version once. */
export async function findCharts(plans: readonly Plan[]): Promise<ChartsResult[]> {
  return Promise.all(
    chartsNeeded(plans).map(async (source) => {
      try {
        await provideCharts(source);
        return { source };
      } catch (error) {
        if (error instanceof MeshproofError) return { source, error };
        throw error;
      }
    }),
  );
}

/** A release archive of Istio. */
export function isDownload(from: string): boolean {
  return /^https?:.*\.(tar\.gz|tgz)$/.test(from);
}

function isRepository(from: string): boolean {
  return /^https?:/.test(from) && !isDownload(from);
}

/** Makes sure that charts are there, as far as that can be told before helm is run: folders, and archives, which are downloaded. */
async function provideCharts(source: ChartSource): Promise<void> {
  if (source.from === '') throw chartError("the environment does not name Istio's charts (istioCharts)", source);
  await chartArguments(source, 'istiod');
}

/** Where the charts of a source are once they were downloaded, or loaded from an archive of images. */
function keptFolder({ from, sha256, version }: ChartSource): string {
  return inUserCache('charts', `istio-${version}-${sha256Of(`${from} ${sha256 ?? ''}`).slice(0, 16)}`);
}

/** Downloads the charts of a release archive and keeps them. */
async function downloadCharts(source: ChartSource): Promise<void> {
  const cache = inUserCache('charts');
  await mkdir(cache, { recursive: true });
  await inScratchFolder(path.join(cache, '.part-'), async (part) => {
    const file = path.join(part, 'archive.tar.gz');
    await download(source, file);
    await keepCharts(source, file);
  });
}

async function download(source: ChartSource, file: string): Promise<void> {
  const { from, version, sha256 } = source;
  await downloadVerified(from, file, `charts of Istio ${version}`, sha256).catch((cause: unknown) => {
    if (cause instanceof DownloadError) throw chartError(cause.message, source, cause);
    throw cause;
  });
}

/**
 * Writes the charts of a source to a .tar.gz that `keepCharts` takes: a release archive as it is, so that its checksum stays; all
 * else as a folder of a release archive. `helm` fetches charts of registries and repositories.
 */
export async function packCharts(source: ChartSource, file: string, helm = 'helm'): Promise<void> {
  if (isDownload(source.from) && !existsSync(keptFolder(source))) return download(source, file);
  await inScratchFolder(`${file}.part-`, async (part) => {
    const root = 'istio/manifests/charts';
    await mkdir(path.join(part, root), { recursive: true });
    for (const chart of Object.keys(folders) as IstioChart[]) {
      const [first = '', ...more] = await chartArguments(source, chart);
      if (more.length === 0) await cp(first, path.join(part, root, chart), { recursive: true });
      else await run(helm, ['pull', first, ...more, '--untar', '--untardir', path.join(part, root)], { timeout: 120 });
    }
    await tar.create({ file, cwd: part, gzip: true, portable: true, mtime: new Date(0) }, ['istio']);
  });
}

/** Keeps the charts of a packed release archive, or of what `packCharts` wrote, for later runs. */
export async function keepCharts(source: ChartSource, file: string): Promise<void> {
  const cache = inUserCache('charts');
  await mkdir(cache, { recursive: true });
  await inScratchFolder(path.join(cache, '.part-'), async (part) => {
    const charts = /^[^/]+\/manifests\/charts\//;
    const isPlain = (info: object): boolean => 'type' in info && (info.type === 'File' || info.type === 'Directory');
    await tar.extract({ file, cwd: part, strip: 1, filter: (entry, info) => charts.test(entry) && isPlain(info) });
    const unpacked = path.join(part, 'manifests', 'charts');
    if (!existsSync(unpacked)) throw chartError('the archive has no folder manifests/charts', source);
    await rm(keptFolder(source), { recursive: true, force: true });
    await rename(unpacked, keptFolder(source));
  });
}

function chartError(message: string, { from, version }: ChartSource, cause?: unknown): MeshproofError {
  return new MeshproofError(`the charts of Istio ${version} cannot be used: ${message}`, exitCode.environment, {
    where: from || 'istioCharts',
    expected: 'a folder with the charts, oci://..., an HTTP repository, or a release archive of Istio (.tar.gz)',
    remedy: 'correct istioCharts in the environment; in the lab: ./meshproof lab up --istio <version>',
    cause,
  });
}
