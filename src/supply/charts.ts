import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import * as tar from 'tar';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { sha256Of } from '../kernel/sha256.js';
import { inUserCache } from '../kernel/user-cache.js';
import type { ChartSource, Plan } from '../topology/plan-types.js';
import { DownloadError } from './download.js';
import { inScratchFolder } from './scratch-folder.js';
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

/** Arguments by which helm finds a chart. Throws (exit 4) where it is not to be found. */
export async function chartArguments(source: ChartSource, chart: IstioChart): Promise<string[]> {
  const { from, version } = source;
  if (from.startsWith('oci://')) return [`${from}/${chart}`, '--version', version];
  if (/^https?:/.test(from) && !isArchive(from)) return [chart, '--repo', from, '--version', version];
  const folder = isArchive(from) && /^https?:/.test(from) ? await archivedCharts(source) : from;
  const found = [folders[chart], chart].map((name) => path.join(folder, name)).find((one) => existsSync(one));
  if (found) return [found];
  throw chartError(`there is no chart ${chart} in ${folder}`, source);
}

/** The charts that a plan needs, in one version: why they are not there, where they are not. */
export interface ChartsResult {
  source: ChartSource;
  error?: MeshproofError;
}

/** All charts that plans need, looked for (and, where they are an archive, downloaded) at once; each version once. */
export async function findCharts(plans: readonly Plan[]): Promise<ChartsResult[]> {
  const sources = new Map<string, ChartSource>();
  for (const { needs } of plans.flatMap(({ controlPlanes }) => controlPlanes))
    if (needs.charts) sources.set(`${needs.charts.from} ${needs.charts.version}`, needs.charts);
  return Promise.all(
    [...sources.values()].map(async (source) => {
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

function isArchive(from: string): boolean {
  return /\.(tar\.gz|tgz)$/.test(from);
}

/** Makes sure that charts are there, as far as that can be told before helm is run: folders, and archives, which are downloaded. */
async function provideCharts(source: ChartSource): Promise<void> {
  if (source.from === '') throw chartError('the environment names no charts of Istio (istioCharts)', source);
  await chartArguments(source, 'istiod');
}

/** The charts of a release archive, unpacked in the cache once for each content. */
async function archivedCharts(source: ChartSource): Promise<string> {
  const { from, sha256, version } = source;
  const cache = inUserCache('charts');
  const folder = path.join(cache, `istio-${version}-${sha256Of(`${from} ${sha256 ?? ''}`).slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  try {
    await inScratchFolder(path.join(cache, '.part-'), async (part) => {
      const file = path.join(part, 'archive.tar.gz');
      await downloadVerified(from, file, `charts of Istio ${version}`, sha256);
      const charts = /^[^/]+\/manifests\/charts\//;
      await tar.extract({ file, cwd: part, filter: (entry) => charts.test(entry) });
      const [root] = (await readdir(part)).filter((name) => name !== 'archive.tar.gz');
      if (!root) throw new DownloadError(`${from} has no folder manifests/charts`);
      await rm(folder, { recursive: true, force: true });
      await rename(path.join(part, root, 'manifests', 'charts'), folder);
    });
  } catch (cause) {
    if (!(cause instanceof DownloadError)) throw cause;
    throw chartError(cause.message, source, cause);
  }
  return folder;
}

function chartError(message: string, { from, version }: ChartSource, cause?: unknown): MeshproofError {
  return new MeshproofError(`the charts of Istio ${version} cannot be used: ${message}`, exitCode.environment, {
    where: from || 'istioCharts',
    expected: 'a folder with the charts, oci://..., an HTTP repository, or a release archive of Istio (.tar.gz)',
    remedy: 'correct istioCharts in the environment; in the lab: ./meshproof lab up --istio <version>',
    cause,
  });
}
