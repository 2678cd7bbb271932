import type { KubectlCall } from './kubectl.js';
import type { Answer } from './stubs.js';

/** One HTTP request that a workload sends by curl. */
export interface HttpCall {
  cluster: string;
  namespace: string;
  /** As kubectl was told: `deploy/sleep`. */
  workload: string;
  url: string;
  headers: Record<string, string>;
  /** Of all requests that this harness has answered, from 0. */
  index: number;
  /** How many requests its batch has. */
  count: number;
}

/** What a request is answered: a version of helloworld, or anything else. */
export type HttpAnswer =
  { version: string } | { code?: number; body?: string; exit?: number; error?: string; server?: string };

/** A question to Envoy's admin interface. */
export interface AdminCall {
  cluster: string;
  namespace: string;
  workload: string;
  /** `clusters?filter=...` */
  path: string;
}

/** Answers the commands that meshproof runs in containers: batches of curl, and questions to a proxy. */
export class FakeTraffic {
  private count = 0;

  constructor(
    public http: (call: HttpCall) => HttpAnswer,
    public admin: (call: AdminCall) => string | undefined = () => undefined,
  ) {}

  /** Undefined for a command that is neither. */
  answer({ cluster, words, options, command, stdin }: KubectlCall): Answer | undefined {
    if (words[0] !== 'exec') return undefined;
    const place = { cluster: cluster.name, namespace: options['namespace'] ?? 'default', workload: words[1] ?? '' };
    const script = command.join(' ');
    const path = /127\.0\.0\.1:15000\/([^'"]*)/.exec(script)?.[1] ?? /pilot-agent request GET (.+)$/.exec(script)?.[1];
    if (path !== undefined) return this.admin({ ...place, path });
    if (!/curl .*--parallel/.test(script)) return undefined;
    return this.batch(place, stdin);
  }

  /** As curl prints it: a line for every request, then the bodies behind the headers that `head` gives to files. */
  private batch(place: Pick<HttpCall, 'cluster' | 'namespace' | 'workload'>, config: string): string {
    const lines: string[] = [];
    const bodies: string[] = ['==> /dev/null <==\n'];
    const parts = config.split(/^next$/m);
    for (const part of parts) {
      const values = (name: string): string[] =>
        [...part.matchAll(new RegExp(`^${name} = "(.*)"$`, 'gm'))].map(([, text]) => text!);
      const [id = ''] = values('output');
      const headers = Object.fromEntries(
        values('header').map((text) => text.split(/: (.*)/s).slice(0, 2) as [string, string]),
      );
      const given = this.http({
        ...place,
        url: values('url')[0] ?? '',
        headers,
        index: this.count++,
        count: parts.length,
      });
      const answer =
        'version' in given
          ? { body: `Hello version: ${given.version}, instance: helloworld-${given.version}-0` }
          : given;
      const { exit = 0, code = exit === 0 ? 200 : 0, body = '', error, server = 'envoy' } = answer;
      const told = { http_code: code, exitcode: exit, errormsg: error ?? null, time_total: 0.005 };
      lines.push(`${id} ${JSON.stringify(told)}\t${server}`);
      bodies.push(`==> ${id} <==\n${body}\n`);
    }
    return `${lines.join('\n')}\n${bodies.join('\n')}`;
  }
}
