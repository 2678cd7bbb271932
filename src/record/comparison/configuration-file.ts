import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { writeAtomically } from '../../kernel/files.js';
import { sha256Of } from '../../kernel/sha256.js';
import type { RunRecord } from '../result.js';

/** The configuration of one workload's proxies, by meaning: what it consists of, by the hashes of the file. */
const proxySchema = z.object({
  cluster: z.string(),
  namespace: z.string(),
  workload: z.string().describe('its Deployment, StatefulSet or DaemonSet, or the pod itself'),
  pods: z.number().int().positive().describe('that have this configuration'),
  digest: z.string().describe('of all resources; two proxies with one digest do the same'),
  resources: z
    .record(z.string(), z.string())
    .describe('"cluster outbound|5000||helloworld..." and the hash of its value'),
});
export type RecordedProxy = z.infer<typeof proxySchema>;

/** `proxy-configuration/<topology>.json` of a report. */
export const recordedConfigurationSchema = z.object({
  schemaVersion: z.literal(1),
  topology: z.string(),
  proxies: z.array(proxySchema),
  notAsked: z.array(z.object({ proxy: z.string(), reason: z.string() })),
  deprecations: z
    .object({ found: z.array(z.string()), unknown: z.array(z.string()).describe('what could not be asked, and why') })
    .optional()
    .describe('in use, and gone in a later version; an older recording has none'),
  values: z.record(z.string(), z.json()).describe('each value once, by its hash'),
});
export type RecordedConfiguration = z.infer<typeof recordedConfigurationSchema>;
export type Json = RecordedConfiguration['values'][string];

/** Relative to the folder of a report. */
export const configurationPath = (topology: string): string => join('proxy-configuration', `${topology}.json`);

export async function writeConfiguration(dir: string, recorded: RecordedConfiguration): Promise<void> {
  // one value a line: what is searched for secrets and for words is found by its line
  const values = Object.entries(recorded.values).map(
    ([hash, value]) => `  ${JSON.stringify(hash)}: ${JSON.stringify(value)}`,
  );
  const rest = JSON.stringify({ ...recorded, values: undefined }, undefined, 1).replace(/\n}$/, '');
  await writeAtomically(
    join(dir, configurationPath(recorded.topology)),
    `${rest},\n "values": {\n${values.join(',\n')}\n }\n}\n`,
  );
}

/** Those of a report's topologies that were recorded. Throws (exit 2) where one is there and cannot be read. */
export async function readConfigurations(dir: string, record: RunRecord): Promise<RecordedConfiguration[]> {
  const all = record.topologies.map(async ({ name, configuration }) => {
    if (configuration === undefined || !existsSync(join(dir, configuration))) return [];
    return [{ ...(await readOne(join(dir, configuration))), topology: name }];
  });
  return (await Promise.all(all)).flat();
}

async function readOne(path: string): Promise<RecordedConfiguration> {
  try {
    return recordedConfigurationSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new MeshproofError(`cannot read the configuration of proxies: ${why}`, exitCode.usage, {
      where: path,
      expected: 'the file as written by a run with --record-configuration',
      cause: error,
    });
  }
}

/** JSON with its keys in order, so that equal values are equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

/** Twelve hex digits are enough to tell the values of one mesh apart. */
export function hashOf(value: unknown): string {
  return sha256Of(canonical(value)).slice(0, 12);
}
