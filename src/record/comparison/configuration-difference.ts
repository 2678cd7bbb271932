import { z } from 'zod';

/** One difference, folded over all proxies and resources that have it. */
export const configurationChangeSchema = z.object({
  kind: z.string().describe('cluster, listener, route, endpoints, certificate, refused'),
  change: z.enum(['added', 'removed', 'changed']),
  path: z.string().describe('within the resource; empty for the whole of it'),
  before: z.json().optional(),
  after: z.json().optional(),
  resources: z.array(z.string()).describe('names of those that have it'),
  places: z.number().int().positive().describe('places in them, over all proxies'),
  proxies: z.array(z.string()).describe('cluster/namespace/workload'),
});
export type ConfigurationChange = z.infer<typeof configurationChangeSchema>;

export const configurationDifferenceSchema = z.object({
  topology: z.string(),
  runs: z.tuple([z.string(), z.string()]).describe('the newest of each side that has recorded it'),
  same: z.number().int().nonnegative().describe('proxies with equal configuration, certificates aside'),
  different: z.array(z.string()),
  onlyBefore: z.array(z.string()),
  onlyAfter: z.array(z.string()),
  notAsked: z.array(z.string()).describe('proxies and API servers that could not be asked, with the reason'),
  deprecations: z
    .object({ appeared: z.array(z.string()), gone: z.array(z.string()), stay: z.array(z.string()) })
    .optional()
    .describe('in use, and gone in a later version; missing where one side has not asked'),
  changes: z.array(configurationChangeSchema).describe('what most proxies have comes first'),
});
export type ConfigurationDifference = z.infer<typeof configurationDifferenceSchema>;
