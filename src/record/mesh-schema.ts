import { z } from 'zod';

/** A cluster of a mesh, as its topology asks for it. */
export const clusterSchema = z.object({
  name: z.string(),
  network: z.string(),
  role: z.enum(['primary', 'remote']),
  primary: z.string().optional().describe('of a remote: the cluster whose istiod serves it'),
  region: z.string(),
  zone: z.string(),
  versions: z.array(z.string()).describe('versions of helloworld that run there'),
  eastWestGateway: z.boolean(),
});
export type ClusterRecord = z.infer<typeof clusterSchema>;

export const controlPlaneSchema = z.object({
  id: z.string().describe('cluster1/default'),
  cluster: z.string(),
  servedBy: z.string().optional().describe('of a remote: id of the control plane that serves the cluster'),
  namespace: z.string(),
  revision: z.string(),
  version: z.string(),
  installer: z.string(),
  tags: z.array(z.string()),
});
export type ControlPlaneRecord = z.infer<typeof controlPlaneSchema>;

export const runningImageSchema = z.object({
  cluster: z.string(),
  image: z.string().describe('as its containers name it'),
  id: z.string().describe('what the node runs: a digest, or the id in its store'),
  containers: z.number().int().positive(),
});
export type RunningImage = z.infer<typeof runningImageSchema>;
