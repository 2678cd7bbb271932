import { z } from 'zod';
import { installerNames } from './topology-types.js';
import { istioPattern } from './version.js';

/** The part of a topology file about Istio: for all clusters, for one, and for further control planes in a cluster. */

const istioVersion = new RegExp(`^newest$|^previous$|${istioPattern.source}`);
/** It is a part of names such as istiod-<revision>, and the value of a label. */
const revisionName = /^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/;
const namespaceName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export function text(pattern: RegExp, wrong: string, allowed: string, description: string) {
  return z
    .string()
    .regex(pattern, { error: `${wrong}; allowed: ${allowed}` })
    .meta({ description });
}

export const labelWords = 'letters, digits, "-", "_" and "." (at most 63, a letter or digit at both ends)';
/** What a Kubernetes label may hold; Istio writes a locality as region/zone, so there is no slash in either. */
export const labelValue = /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const domainName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** Settings of Istio that the topology decides, or that every behaviour relies on: elsewhere they would be a second truth. */
const decidedIn = {
  values: {
    'global.meshID': 'istio.meshID',
    'global.network': "the cluster's network",
    'global.multiCluster.clusterName': "the cluster's name",
    'global.hub': "the environment's istioHub",
    'global.tag': 'istio.version',
    'global.istioNamespace': 'istio.namespace',
    'meshConfig.trustDomain': 'istio.trustDomain',
    revision: 'istio.revision',
    revisionTags: 'istio.tags',
  },
  meshConfig: {
    trustDomain: 'istio.trustDomain',
    accessLogFile: '/dev/stdout, which the behaviours read',
    accessLogEncoding: 'JSON, which the behaviours read',
  },
};

/** Free settings, without those that are decided elsewhere. */
function settings(key: keyof typeof decidedIn, description: string) {
  return z
    .record(z.string(), z.unknown())
    .superRefine((given, context) => {
      for (const [name, where] of Object.entries(decidedIn[key])) {
        const path = name.split('.');
        const value = path.reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], given);
        if (value !== undefined)
          context.addIssue({ code: 'custom', path, message: `cannot be set here; allowed: only ${where}` });
      }
    })
    .meta({ description });
}

const revision = text(
  revisionName,
  'is not a valid revision',
  'small letters, digits and "-", at most 30 characters',
  'Revision of the control plane. Default: default.',
);

const perRevision = {
  version: text(
    istioVersion,
    'is not a valid version of Istio',
    'three numbers, e.g. 1.31.1, the name of a daily build, e.g. 1.32-alpha.<commit>, newest, or previous',
    'Version of Istio. Default: newest, the newest release of the environment. previous: the newest release of the minor before.',
  ).optional(),
  installer: z
    .enum(installerNames)
    .optional()
    .meta({ description: 'Installer of the control plane and its gateways. Default: istioctl.' }),
  values: settings('values', 'Helm values of Istio, merged over those of the environment.').optional(),
  meshConfig: settings('meshConfig', "Merged over meshproof's own meshConfig.").optional(),
  tags: z
    .array(text(revisionName, 'is not a valid tag', 'small letters, digits and "-", at most 30 characters', 'A tag.'))
    .optional()
    .meta({
      description:
        'Revision tags: additional names for this control plane, for use in namespace labels. Default: none.',
    }),
};

/** A further control plane beside the first one. */
const furtherRevision = z.strictObject({ revision, ...perRevision });

const perCluster = {
  ...perRevision,
  revision: revision.optional(),
  namespace: text(
    namespaceName,
    'is not a valid namespace',
    'small letters, digits and "-", at most 63 characters',
    'Namespace of the control planes. Default: istio-system.',
  ).optional(),
  cni: z.boolean().optional().meta({
    description:
      "true: Istio's CNI plugin redirects the traffic of pods, instead of an init container. Default: false.",
  }),
  revisions: z.array(furtherRevision).max(4).optional().meta({
    description:
      'More control planes in each primary, in the order of installation. Each inherits the settings of the first, except its tags.',
  }),
  dataPlane: text(
    revisionName,
    'is not a valid revision or tag',
    'a revision or tag of one of the control planes',
    'The revision or tag that workloads and gateways follow. Default: the revision of the first control plane.',
  ).optional(),
};

/** What a cluster has of its own, laid over that of the whole. */
export const clusterIstio = z.strictObject(perCluster);

export const istio = z.strictObject({
  ...perCluster,
  meshID: text(labelValue, 'is not a valid mesh ID', labelWords, 'Default: mesh1.').optional(),
  trustDomain: text(
    domainName,
    'is not a valid trust domain',
    'a DNS name in small letters',
    'First part of every identity, spiffe://<trust domain>/... Default: cluster.local.',
  ).optional(),
});
