import { basename, join, resolve } from 'node:path';
import { checkDraft } from './check-topology.js';
import { makeDraft, type DraftCluster } from './draft.js';
import { ProblemsError, type Problem } from '../kernel/errors.js';
import { asShown, isPath } from '../kernel/project-files.js';
import { ownPack, topologyFiles } from '../kernel/packs.js';
import { defaultRevision } from './istio-names.js';
import { rememberPositions } from './positions.js';
import { schemaProblems } from './schema-problems.js';
import { topologySchema } from './topology-schema.js';
import type { Topology, TopologyCluster } from './topology-types.js';
import { sha256Of } from '../kernel/sha256.js';
import { parseYaml, readHashed } from './yaml-file.js';

/** The file that a user means: a bare word is a topology of the user's project or of meshproof, anything else is a path. */
function topologyFile(nameOrPath: string): string {
  if (isPath(nameOrPath)) return nameOrPath;
  return asShown(topologyFiles().get(nameOrPath) ?? join(ownPack.topologies!, `${nameOrPath}.yaml`));
}

/** Reads a topology: a path, or the bare name of one. Throws ProblemsError with everything that is wrong. */
export function readTopology(nameOrPath: string): Topology {
  const file = topologyFile(nameOrPath);
  const { text, sha256 } = readHashed(file);
  return parseTopology(text, file, sha256);
}

/**
 * `file` is for messages; its stem is the topology's name. `sha256` is that of the file's bytes. Throws ProblemsError with everything
 * that is wrong.
 */
export function parseTopology(text: string, file: string, sha256 = sha256Of(text)): Topology {
  const { data, locate } = parseYaml(text, file);
  const problems: Problem[] = [];
  const name = basename(file).replace(/\.ya?ml$/, '');
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) {
    const allowed = 'small letters, digits and "-", at most 63, before .yaml or .yml';
    problems.push({
      file,
      line: 1,
      column: 1,
      message: 'the file name is not a valid topology name',
      read: name,
      allowed,
    });
  }
  const result = topologySchema.safeParse(data);
  if (!result.success) problems.push(...schemaProblems(result.error, topologySchema, data, file, locate));
  const draft = makeDraft(data, result.error?.issues.map((issue) => issue.path) ?? []);
  problems.push(...checkDraft(draft).map(({ path, part, ...rest }) => ({ file, ...locate(path, part), ...rest })));
  if (problems.length > 0) throw new ProblemsError(problems.sort((a, b) => a.line - b.line || a.column - b.column));

  const { description, provider, kubeconfig, attach, external, dockerSubnet, istio } = result.data!;
  const topology: Topology = {
    name,
    file,
    path: resolve(file),
    sha256,
    description: description.trim(),
    provider: provider ?? 'kind',
    kubeconfig,
    attach: attach ?? false,
    external,
    dockerSubnet,
    istio: { ...istioDefaults, ...istio },
    clusters: draft.clusters.map(toCluster),
  };
  rememberPositions(topology, locate);
  return topology;
}

const istioDefaults: Topology['istio'] = {
  version: 'newest',
  revision: defaultRevision,
  installer: 'istioctl',
  namespace: 'istio-system',
  values: {},
  meshConfig: {},
  cni: false,
  tags: [],
  revisions: [],
  meshID: 'mesh1',
  trustDomain: 'cluster.local',
};

/** A draft without problems is complete. */
function toCluster({ index: _, given: __, ...fields }: DraftCluster): TopologyCluster {
  return fields as TopologyCluster;
}
