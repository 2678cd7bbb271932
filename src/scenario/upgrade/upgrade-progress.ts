import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { writeAtomicallySync } from '../../kernel/files.js';
import { runFolder } from '../../run/run-folders.js';
import type { Upgrade } from './upgrade.js';

const schema = z.object({
  version: z.literal(1),
  upgrade: z.custom<Upgrade>((value) => typeof value === 'object' && value !== null && 'clusters' in value),
  /** Ids of the acts that are done, in their order. */
  done: z.array(z.string()),
  /** The act that has begun and has not ended. */
  underWay: z.string().optional(),
});

/** How far the upgrade of a run's mesh has come: all that another process needs to go on with it, or to take it back. */
export type UpgradeProgress = z.infer<typeof schema>;

const fileOf = (runId: string): string => path.join(runFolder(runId), 'upgrade.json');

/** The upgrade of a run; undefined where none was begun. Throws (exit 4) where its file is damaged. */
export function readUpgrade(runId: string): UpgradeProgress | undefined {
  const file = fileOf(runId);
  if (!existsSync(file)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new MeshproofError('how far the upgrade has come cannot be read', exitCode.environment, {
      where: file,
      expected: 'the file as written by meshproof',
      remedy: `put the file back, or take the mesh down: meshproof down ${runId}`,
      cause,
    });
  }
}

/** Readable by its owner: Istio's settings may hold a token. */
export function writeUpgrade(runId: string, progress: UpgradeProgress): void {
  writeAtomicallySync(fileOf(runId), `${JSON.stringify(progress, null, 2)}\n`, 0o600);
}
