import { exitCode, MeshproofError } from '../kernel/errors.js';
import type { Environment } from '../topology/environment-types.js';
import type { ArchiveIndex } from './archive-index.js';
import { chartSource } from './charts.js';
import { fill, isPacked } from './program-cache.js';

/**
 * Throws (exit 2) where a program, the charts or the manifest of an archive are not those whose checksum the environment pins. A checksum
 * that the environment names by its address cannot be asked for in a closed network; the archive's own stands for it.
 */
export function refuseUnpinned(index: ArchiveIndex, environment: Environment, where: string): void {
  const wrong: string[] = [];
  const compare = (what: string, actual: string, pinned: string | undefined): void => {
    if (pinned === undefined || pinned.toLowerCase() === actual) return;
    wrong.push(
      `${what} differs from the file that environment ${environment.name} pins: its sha256 is ${actual}, expected ${pinned}`,
    );
  };
  for (const { name, version, sha256, packed = false } of index.programs) {
    const source = environment.programs[name];
    if (!/^[0-9a-f]{64}$/i.test(source.sha256 ?? '')) continue;
    const unlike = isPacked(source.url && fill(source.url, version)) !== packed;
    const what = `${name} ${version}${unlike ? ', which differs from the downloaded file,' : ''}`;
    compare(what, sha256, source.sha256);
  }
  for (const { version, sha256 } of index.charts) {
    const { sha256: pinned = '' } = chartSource(environment, version);
    if (/^[0-9a-f]{64}$/i.test(pinned)) compare(`the archive with the charts of Istio ${version}`, sha256, pinned);
  }
  compare("MetalLB's manifest", index.manifest.sha256, environment.metallbManifestSha256);
  if (wrong.length === 0) return;
  throw new MeshproofError(wrong.join('; '), exitCode.usage, {
    where,
    expected: `what ${environment.file} pins`,
    remedy: 'save the archive on a machine that downloads these files: programs on PATH are not pinned',
  });
}
