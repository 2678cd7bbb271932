import { z } from 'zod';
import { cidrProblem, parseRange } from './cidr.js';
import { clusterIstio, istio, labelValue, labelWords, text } from './istio-schema.js';

/**
 * The topology file as a user writes it, defaults not yet filled in. The descriptions end up in the JSON schema, where
 * editors show them; a message is `what is wrong; allowed: what would be right`.
 */

/**
 * 28: a node container is called meshproof-<run id of 10>-<cluster>-control-plane (35 characters around the name), and
 * its name is a host name as well, which ends at 63.
 */
export const clusterNameLimit = 28;

const networkName = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const clusterName = /^[a-z]([a-z0-9-]{0,26}[a-z0-9])?$/;
const helloworldVersion = /^v[1-9][0-9]{0,2}$/;
/** For editors only; the exact check is `cidrProblem`. */
const cidrPattern = '^[0-9]{1,3}(\\.[0-9]{1,3}){3}/[0-9]{1,2}$';

/** An IPv4 block with a prefix of `shortest` to `longest` bits. */
export function cidr(shortest: number, longest: number, description: string) {
  return z
    .string()
    .superRefine((value, context) => {
      const message = cidrProblem(value, shortest, longest);
      if (message) context.addIssue({ code: 'custom', message });
    })
    .meta({ description, pattern: cidrPattern });
}

const cluster = z.strictObject({
  name: text(
    clusterName,
    'is not a valid cluster name',
    `small letters, digits and "-", a letter first, at most ${clusterNameLimit} characters`,
    'Name of the cluster in Istio, in reports and in this file. Unique.',
  ),
  network: text(
    networkName,
    'is not a valid network name',
    'small letters, digits and "-", a letter first, at most 63 characters',
    "Clusters in the same network reach each other's pods directly; between networks, traffic goes through east-west gateways. Required for two or more clusters; default: network1.",
  ).optional(),
  role: z.enum(['primary', 'remote']).optional().meta({
    description: 'primary (default): runs its own istiod. remote: uses the istiod of a primary.',
  }),
  primary: z
    .string()
    .optional()
    .meta({ description: 'Name of the primary that serves this remote. Required for a remote, and only there.' }),
  region: text(
    labelValue,
    'is not a valid region',
    labelWords,
    'Label topology.kubernetes.io/region of the nodes. Default: region<position>, so region1 for the first cluster.',
  ).optional(),
  zone: text(
    labelValue,
    'is not a valid zone',
    labelWords,
    'Label topology.kubernetes.io/zone of the nodes. Default: <region>-zone1.',
  ).optional(),
  // kind gives every node a /24 of it
  podCIDR: cidr(
    8,
    24,
    'Addresses of the pods. Default: 10.<10 x position>.0.0/16, so 10.10.0.0/16 for the first cluster.',
  ).optional(),
  // shorter than /12 is refused by the API server; DNS has the tenth address, which /28 is the last to hold
  serviceCIDR: cidr(
    12,
    28,
    'Addresses of the services. Default: 10.<10 x position + 1>.0.0/16, so 10.11.0.0/16 for the first cluster.',
  ).optional(),
  workers: z
    .int()
    .min(0)
    .max(9)
    .optional()
    .meta({ description: 'Worker nodes in addition to the control-plane node. Default: 0.' }),
  loadBalancer: z
    .string()
    .refine((value) => parseRange(value) !== undefined, {
      error: 'is not an address range; allowed: first-last (172.28.1.1-172.28.1.254) or a CIDR (172.28.1.0/24)',
    })
    .optional()
    .meta({
      description:
        'Addresses that MetalLB may give out, inside dockerSubnet. Default: a /24 per cluster in the Docker network.',
    }),
  helloworld: z
    .array(
      text(
        helloworldVersion,
        'is not a valid version of helloworld',
        'v1, v2, v3 ... v999',
        'A version of helloworld.',
      ),
    )
    .optional()
    .meta({
      description:
        'Versions of helloworld that run in this cluster. Default: [v<position>]. Each version runs in one cluster only: it shows which one answered.',
    }),
  context: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'kubeconfig context. Required with provider existing, and only there.' }),
  istio: clusterIstio.optional().meta({ description: "Istio in this cluster, merged over the topology's istio." }),
});

export const topologySchema = z
  .strictObject({
    description: z
      .string()
      .min(1)
      .meta({ description: 'Description of the topology and its purpose, in one or two sentences.' }),
    provider: z.enum(['kind', 'existing']).optional().meta({
      description:
        'kind (default): creates and removes clusters. existing: uses kubeconfig contexts; creates and removes no cluster.',
    }),
    kubeconfig: z.string().min(1).optional().meta({
      description:
        'Provider existing: file to read the contexts from, never written. Default: KUBECONFIG or ~/.kube/config.',
    }),
    attach: z.boolean().optional().meta({
      description: 'Provider existing: true uses the existing mesh instead of installing one. Default: false.',
    }),
    external: z
      .strictObject({
        address: z
          .ipv4({ error: 'is not a valid address; allowed: an IPv4 address that the pods of every cluster reach' })
          .meta({ description: 'Its address; it listens on 5000, 18080 and 18443 (TLS).' }),
        authority: z.string().min(1).meta({
          description: 'PEM file of the CA that signed its certificate for *.external.test.',
        }),
      })
      .optional()
      .meta({
        description:
          'Provider existing: a go-httpbin outside the mesh for the egress behaviours. Default: a pod without a sidecar, in the network of a node.',
      }),
    dockerSubnet: cidr(
      12,
      23,
      "Addresses of the Docker network. Default: a /20 of the environment's address pool that is free when the clusters are created.",
    ).optional(),
    istio: istio.optional(),
    // a Docker network of /20 has sixteen blocks of /24: one for the nodes and one of load balancer addresses a cluster
    clusters: z
      .array(cluster)
      .min(1)
      .max(15)
      .meta({ description: 'The clusters, in order. The position, from 1, sets the defaults.' }),
  })
  .meta({
    title: 'meshproof topology',
    description: 'Clusters, networks, roles, localities, Istio and workloads of the mesh to test.',
  });

export type TopologyFile = z.infer<typeof topologySchema>;
export type ClusterEntry = z.infer<typeof cluster>;
