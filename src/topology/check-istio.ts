import { at, title, type Complaint } from './complaint.js';
import type { Draft, DraftCluster } from './draft.js';
import { defaultRevision } from './istio-names.js';
import { nearest } from '../kernel/nearest-word.js';
import type { Path } from './positions.js';
import type { IstioInCluster } from './topology-types.js';

/** What only a primary decides. */
const ofPrimaries = ['revision', 'namespace', 'tags', 'revisions'] as const;

/** Names of control planes and tags are there once in a cluster, and a data plane follows one of them. */
export function istio({ istio: whole = {}, clusters }: Draft): Complaint[] {
  const settingsOf = (cluster: DraftCluster): Partial<IstioInCluster> => ({ ...whole, ...cluster.istio });
  return clusters.flatMap((cluster): Complaint[] => {
    const own = cluster.istio ?? {};
    const primary = clusters.find(({ name }) => name !== undefined && name === cluster.primary);
    const remote = cluster.role === 'remote';
    const foreign = ofPrimaries
      .filter((key) => remote && own[key] !== undefined)
      .map((key) => ({
        path: [...at(cluster, 'istio'), key],
        part: 'key' as const,
        message: `${title(cluster)} is a remote, which uses the ${key} of its primary`,
        allowed: 'only version, installer, values, cni and dataPlane for a remote',
      }));
    // what is wrong with the whole is said once, of the first cluster that has it
    const has = (key: 'revision' | 'tags' | 'revisions' | 'dataPlane'): boolean =>
      own[key] !== undefined || cluster === clusters.find(({ istio = {} }) => istio[key] === undefined);
    const place = (key: 'tags' | 'revisions' | 'dataPlane', ...more: (string | number)[]): Path => [
      ...(own[key] === undefined ? ['istio'] : at(cluster, 'istio')),
      key,
      ...more,
    ];
    const settings = settingsOf(remote && primary ? { ...primary, istio: { ...primary.istio } } : cluster);
    const { revision = defaultRevision, tags = [], revisions = [] } = settings;
    const dataPlane = own.dataPlane ?? settings.dataPlane;
    const names = [
      { name: revision, path: undefined },
      ...tags.map((name, i) => ({ name, path: place('tags', i), tag: true })),
      ...revisions.flatMap(({ revision: name, tags: more = [] }, i) => [
        { name, path: place('revisions', i, 'revision') },
        ...more.map((tag, j) => ({ name: tag, path: place('revisions', i, 'tags', j), tag: true })),
      ]),
    ];
    const twice = names.flatMap(({ name, path }, i): Complaint[] => {
      if (path === undefined || remote || !(has('tags') || has('revisions'))) return [];
      if (name === defaultRevision) {
        const message = `${title(cluster)}: ${name} is the revision of the first control plane already`;
        return [{ path, message, read: name, allowed: 'a unique name for every further revision and tag' }];
      }
      if (!names.slice(0, i).some((other) => other.name === name)) return [];
      const message = `${title(cluster)}: ${name} is a revision or tag already`;
      return [{ path, message, read: name, allowed: 'a unique name for every revision and tag' }];
    });
    const known = names.map(({ name }) => name);
    if (dataPlane === undefined || known.includes(dataPlane) || !has('dataPlane')) return [...foreign, ...twice];
    const message = `${title(cluster)} has no control plane ${dataPlane}`;
    const suggestion = nearest(dataPlane, known);
    return [
      ...foreign,
      ...twice,
      { path: place('dataPlane'), message, read: dataPlane, allowed: known.join(', '), suggestion },
    ];
  });
}
