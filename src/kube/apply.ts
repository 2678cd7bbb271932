import { parseAllDocuments } from 'yaml';
import { answerIn, read, refused, remove, request, type ReadOptions } from './api.js';
import type { Target } from './kubectl.js';
import { secretsOf } from './secret-objects.js';
import { rememberSecrets } from '../kernel/secrets/known-secrets.js';

/** An object of a manifest. */
export interface ApiObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
}

/**
 * Server-side apply of any number of YAML documents, one after the other in their order; idempotent. A field that somebody
 * else manages is taken over. Throws (exit 4) with the API server's words: also when a webhook is not ready.
 */
export async function apply(cluster: Target, yaml: string, options: ReadOptions = {}): Promise<void> {
  for (const document of parseAllDocuments(yaml)) {
    const object = document.toJS() as ApiObject | null;
    if (!object) continue;
    if (object.kind === 'Secret') rememberSecrets(secretsOf(object, cluster.name));
    const path = `${await pathOf(cluster, object, options)}?fieldManager=meshproof&force=true`;
    const { status, text } = await request(cluster, { method: 'PATCH', path, body: JSON.stringify(object) }, options);
    if (status > 299) throw refused(cluster, `applying ${object.kind} ${object.metadata.name}`, status, text);
  }
}

/**
 * What an object would become if it were applied: admission is done in full and nothing is stored. Throws `Refused` with the
 * words of the API server or of the webhook that refuses it.
 */
export async function dryRun<T>(cluster: Target, object: ApiObject, options: ReadOptions = {}): Promise<T> {
  const path = `${await pathOf(cluster, object, options)}?fieldManager=meshproof&force=true&dryRun=All`;
  const { status, text } = await request(cluster, { method: 'PATCH', path, body: JSON.stringify(object) }, options);
  if (status > 299) throw refused(cluster, `trying ${object.kind} ${object.metadata.name}`, status, text);
  return answerIn<T>(cluster, `trying ${object.kind} ${object.metadata.name}`, text);
}

/** Deletes objects where they are there, the last first. Goes on after an interrupt, and when one is refused; then throws (exit 4). */
export async function deleteObjects(cluster: Target, objects: readonly ApiObject[]): Promise<void> {
  const options = { uninterruptible: true };
  const errors: unknown[] = [];
  for (const object of [...objects].reverse()) {
    try {
      await remove(cluster, await pathOf(cluster, object, options), options);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

/** Where the API server keeps an object; asked for its kinds when a kind is met for the first time. */
export async function pathOf(
  cluster: Target,
  { apiVersion, kind, metadata }: ApiObject,
  options: ReadOptions = {},
): Promise<string> {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { name: plural, namespaced } = await resourceOf(cluster, group, kind, options);
  const namespace = namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
  return `${group}${namespace}/${plural}/${metadata.name}`;
}

interface Resource {
  name: string;
  kind: string;
  namespaced: boolean;
}

/** By kubeconfig and group: what an API server has is asked once, and again when a kind is not among it. */
const known = new Map<string, Resource[]>();

async function resourceOf(cluster: Target, group: string, kind: string, options: ReadOptions): Promise<Resource> {
  const key = `${cluster.kubeconfig} ${group}`;
  const find = (): Resource | undefined =>
    known.get(key)?.find((resource) => resource.kind === kind && !resource.name.includes('/'));
  if (!find()) known.set(key, (await read<{ resources: Resource[] }>(cluster, group, options))?.resources ?? []);
  const found = find();
  if (!found) throw refused(cluster, `looking for ${kind}`, 404, `the API server knows no ${kind} in ${group}`);
  return found;
}
