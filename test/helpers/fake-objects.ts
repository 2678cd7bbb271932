import type { FakeApiServer } from './api-server.js';

interface FakeObject {
  metadata: { name: string; namespace?: string; labels: Record<string, string> };
  [field: string]: unknown;
}

/**
 * Objects behind a fake API server, by the path of their kind (`/apis/apps/v1/deployments`): lists by label selector, reads,
 * deletes, deletes of collections, and patches of labels work on them. A namespace takes what is in it along, a type its objects.
 */
export class FakeObjects {
  private objects: { kind: string; object: FakeObject }[] = [];

  constructor(private readonly api: FakeApiServer) {
    api.answer = (url, method) => this.answer(new URL(url, 'http://fake'), method);
  }

  add(kind: string, name: string, labels: Record<string, string> = {}, namespace?: string, rest: object = {}): void {
    this.objects.push({ kind, object: { ...rest, metadata: { name, namespace, labels } } });
  }

  /** `<plural>/<namespace>/<name>` of all that is there, sorted. */
  get names(): string[] {
    return this.objects
      .map(({ kind, object: { metadata } }) => [kind.split('/').pop(), metadata.namespace, metadata.name])
      .map((parts) => parts.filter((part) => part !== undefined).join('/'))
      .sort();
  }

  labelsOf(name: string): Record<string, string> {
    return this.objects.find(({ object }) => object.metadata.name === name)!.object.metadata.labels;
  }

  private answer({ pathname, searchParams }: URL, method: string): { status: number; body: unknown } {
    const { kind, namespace, name } = addressOf(pathname);
    const fits = selectorOf(searchParams.get('labelSelector') ?? '');
    const found = this.objects.filter(
      ({ kind: own, object: { metadata } }) =>
        own === kind &&
        (name ?? metadata.name) === metadata.name &&
        (namespace ?? metadata.namespace) === metadata.namespace &&
        fits(metadata.labels),
    );
    if (name !== undefined && found.length === 0) return { status: 404, body: {} };
    if (method === 'DELETE') {
      const gone = found.map(({ object }) => object.metadata.name);
      const within = ({ kind: own, object: { metadata } }: { kind: string; object: FakeObject }): boolean =>
        kind.endsWith('/namespaces')
          ? gone.includes(metadata.namespace ?? '')
          : kind.endsWith('/customresourcedefinitions') &&
            gone.includes(`${own.split('/').pop()}.${own.split('/')[2]}`);
      this.objects = this.objects.filter((one) => !found.includes(one) && !within(one));
    }
    if (method === 'PATCH') {
      const change = JSON.parse(this.api.seen.at(-1)!.body) as { metadata: { labels: Record<string, string | null> } };
      const { labels } = found[0]!.object.metadata;
      for (const [key, value] of Object.entries(change.metadata.labels))
        if (value === null) delete labels[key];
        else labels[key] = value;
    }
    const objects = found.map(({ object }) => object);
    return { status: 200, body: name === undefined ? { items: objects } : objects[0] };
  }
}

/** What a path names: `/api/v1/...` and `/apis/<group>/<version>/...`, with or without a namespace and a name. */
function addressOf(pathname: string): { kind: string; namespace?: string; name?: string } {
  const parts = pathname.slice(1).split('/');
  const group = `/${parts.splice(0, parts[0] === 'api' ? 2 : 3).join('/')}`;
  const [first, namespace, plural, name] = parts;
  if (first === 'namespaces' && plural !== undefined) return { kind: `${group}/${plural}`, namespace, name };
  return { kind: `${group}/${first}`, name: namespace };
}

/** `a=b`, `a in (b,c)`, with commas between. */
function selectorOf(text: string): (labels: Record<string, string>) => boolean {
  const terms = text.split(/,(?![^(]*\))/).filter(Boolean);
  return (labels) =>
    terms.every((term) => {
      const [, set, values] = /^(\S+) in \((.*)\)$/.exec(term) ?? [];
      if (set !== undefined) return values!.split(',').includes(labels[set] ?? '');
      const [key = '', value] = term.split('=');
      return value === undefined ? key in labels : labels[key] === value;
    });
}
