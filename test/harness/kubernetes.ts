import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isIn, keyOf, merge, pathOf, placeOf, resourceOf, resources, selects, type Place } from './kube-paths.js';

/** Any object of Kubernetes. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    [field: string]: unknown;
  };
  [field: string]: unknown;
}

/** One request, as it is logged. `path` is without the query. */
export interface KubeRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  body: string;
}

export interface KubeAnswer {
  status: number;
  body: unknown;
}

/**
 * A Kubernetes API server on loopback that is none: it keeps whatever objects it is given, without knowing what they mean. It
 * lists, gets, creates, applies, patches, deletes and watches them, and logs every request. No controller runs: what a real
 * cluster would do with an object, a test does by `put`.
 */
export class FakeCluster {
  readonly requests: KubeRequest[] = [];
  /** Asked first; undefined leaves the request to the objects. */
  answer: (request: KubeRequest) => KubeAnswer | undefined = () => undefined;
  /** Rights that its user does not have: `create pods/exec`. */
  denied: string[] = [];
  private readonly objects = new Map<string, { place: Place; object: KubeObject }>();
  private readonly watchers = new Set<{ place: Place; query: Record<string, string>; response: ServerResponse }>();
  private version = 1;

  private constructor(
    readonly name: string,
    private readonly server: Server,
  ) {
    server.on('request', (request, response) => void this.serve(request, response));
    // a WebSocket is refused, and meshproof turns to kubectl, which is a stub
    server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n'));
    for (const namespace of ['default', 'kube-system'])
      this.put('/api/v1/namespaces', { metadata: { name: namespace } });
  }

  static async start(name: string): Promise<FakeCluster> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeCluster(name, server);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A kubeconfig with this cluster as its only context. */
  kubeconfig(context = this.name): Record<string, unknown> {
    return {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': context,
      clusters: [{ name: context, cluster: { server: this.url, 'insecure-skip-tls-verify': true } }],
      users: [{ name: context, user: { token: `token-of-${this.name}` } }],
      contexts: [{ name: context, context: { cluster: context, user: context } }],
    };
  }

  /** Puts an object into a collection, `/api/v1/namespaces/sample/pods`, in place of the one of its name. */
  put(collection: string, object: KubeObject): void {
    const place = { ...placeOf(collection)!, name: object.metadata.name };
    const key = keyOf(place);
    const type = this.objects.has(key) ? 'MODIFIED' : 'ADDED';
    const metadata = { namespace: place.namespace, ...object.metadata, resourceVersion: String(++this.version) };
    const kept = { ...object, metadata };
    this.objects.set(key, { place, object: kept });
    this.tell(type, place, kept);
  }

  /** Every object of a collection, of all namespaces where the path names none. */
  list(collection: string, query: Record<string, string> = {}): KubeObject[] {
    const wanted = placeOf(collection)!;
    return [...this.objects.values()]
      .filter(({ place, object }) => isIn(place, wanted) && selects(query, object))
      .map(({ object }) => object);
  }

  get(path: string): KubeObject | undefined {
    return this.objects.get(keyOf(placeOf(path)!))?.object;
  }

  remove(path: string): void {
    const place = placeOf(path)!;
    const found = this.objects.get(keyOf(place));
    this.objects.delete(keyOf(place));
    if (found) this.tell('DELETED', found.place, found.object);
    const within = (other: Place): boolean =>
      place.plural === 'namespaces'
        ? other.namespace === place.name
        : place.plural === 'customresourcedefinitions' && place.name === `${other.plural}.${other.api.split('/')[2]}`;
    for (const [key, other] of this.objects) if (within(other.place)) this.objects.delete(key);
  }

  /** Answers a request as the server does; also for stub programs, whose requests are logged as well. */
  handle(request: KubeRequest): KubeAnswer {
    this.requests.push(request);
    return this.answer(request) ?? this.fromObjects(request);
  }

  private fromObjects({ method, path, query, body }: KubeRequest): KubeAnswer {
    if (path === '/readyz' || path === '/livez') return { status: 200, body: 'ok' };
    if (path === '/version') return { status: 200, body: { gitVersion: 'v1.34.0' } };
    const kinds = resources[path];
    if (kinds) return { status: 200, body: { kind: 'APIResourceList', resources: kinds.map(resourceOf) } };
    const place = placeOf(path);
    if (!place) return status(404, 'NotFound', `no such path: ${path}`);
    if (method === 'POST' && reviews.includes(place.plural)) return this.review(body);
    if (method === 'POST') return this.create(path, JSON.parse(body) as KubeObject);
    if (place.name === undefined) {
      if (method === 'DELETE') this.list(path, query).forEach((object) => this.remove(pathOf(place, object)));
      const all = method === 'DELETE' ? [] : this.list(path, query);
      const from = Number(query['continue'] ?? 0);
      const to = from + Number(query['limit'] ?? all.length);
      const rest = to < all.length ? { continue: String(to) } : {};
      const metadata = { resourceVersion: String(this.version), ...rest };
      return { status: 200, body: { kind: 'List', apiVersion: 'v1', metadata, items: all.slice(from, to) } };
    }
    const there = this.get(path);
    const collection = path.slice(0, path.lastIndexOf('/'));
    if (method === 'PATCH' || method === 'PUT') {
      const given = JSON.parse(body) as KubeObject;
      const merged = merge(there ?? {}, { ...given, metadata: { ...given.metadata, name: place.name } });
      this.put(collection, merged as KubeObject);
      return { status: there ? 200 : 201, body: this.get(path) };
    }
    if (!there) return status(404, 'NotFound', `${place.plural} "${place.name}" not found`);
    if (method === 'DELETE') this.remove(path);
    return { status: 200, body: there };
  }

  /** A question about rights, which is no object that is kept; all of them are there but those in `denied`. */
  private review(body: string): KubeAnswer {
    const review = JSON.parse(body) as { spec: { resourceAttributes?: Record<string, string> } };
    const { verb, resource, subresource } = review.spec.resourceAttributes ?? {};
    const right = `${verb} ${resource}${subresource ? `/${subresource}` : ''}`;
    return { status: 201, body: { ...review, status: { allowed: !this.denied.includes(right) } } };
  }

  private create(path: string, object: KubeObject): KubeAnswer {
    if (this.get(`${path}/${object.metadata.name}`))
      return status(409, 'AlreadyExists', `"${object.metadata.name}" already exists`);
    this.put(path, object);
    return { status: 201, body: this.get(`${path}/${object.metadata.name}`) };
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of message) body += String(chunk);
    const { pathname, searchParams } = new URL(message.url ?? '/', this.url);
    const query = Object.fromEntries(searchParams);
    const request = { method: message.method ?? '', path: pathname, query, body };
    const place = placeOf(pathname);
    const watches = query['watch'] === 'true' || query['watch'] === '1';
    const given = watches ? this.answer(request) : undefined;
    if (watches && place && !given) {
      this.requests.push(request);
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      const watcher = { place, query, response };
      this.watchers.add(watcher);
      response.on('close', () => this.watchers.delete(watcher));
      return;
    }
    const { status: code, body: answer } = this.handle(request);
    response.writeHead(code, { 'content-type': 'application/json' });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  }

  private tell(type: string, place: Place, object: KubeObject): void {
    for (const { place: wanted, query, response } of this.watchers)
      if (isIn(place, wanted) && selects(query, object)) response.write(`${JSON.stringify({ type, object })}\n`);
  }
}

const reviews = ['selfsubjectaccessreviews', 'subjectaccessreviews'];

/** The answer of an API server that refuses. */
export function status(code: number, reason: string, message: string): KubeAnswer {
  return { status: code, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code } };
}
