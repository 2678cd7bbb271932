import http from 'node:http';
import { anyCluster } from './answer.js';
import type { SeriesConfig } from './series-config.js';

/**
 * Tells whether the mesh sends a call a second time by the lane `new`, and does not by `new-no-retry`: the server answers this
 * path at the second attempt alone. Routes come to a proxy a moment after it started, so it is tried for a while.
 */
export async function proveRetries(series: readonly SeriesConfig[], tell: (says: string) => void): Promise<void> {
  // a service with a rule of its own may take the first answer, an error, for that of a server that is lost; the user's know no such path
  const own = series.filter(
    ({ lane, cluster, path }) =>
      (lane === 'new' || lane === 'new-no-retry') && cluster !== anyCluster && path === undefined,
  );
  // a client outside of the mesh
  if (own.length === 0) return;
  const end = performance.now() + 20_000;
  const wanted = (lane: string): number => (lane === 'new' ? 200 : 503);
  let seen: number[];
  do {
    seen = await Promise.all(own.map(({ host, port }) => statusOf(`http://${host}:${port}/second`)));
    if (seen.every((status, i) => status === wanted(own[i]!.lane))) break;
    await new Promise((resolve) => setTimeout(resolve, 500));
  } while (performance.now() < end);
  const of = (lane: string): string => [...new Set(seen.filter((_, i) => own[i]!.lane === lane))].join(' or ');
  const proven = seen.every((status, i) => status === wanted(own[i]!.lane));
  const fact = `a call that only its second attempt answers gets ${of('new')} with the mesh's retries and ${of('new-no-retry')} without`;
  tell(proven ? `proven: ${fact}` : `not proven: ${fact}`);
}

function statusOf(url: string): Promise<number> {
  return new Promise((resolve) => {
    const request = http.get(url, { agent: false, timeout: 3_000 }, (response) => {
      response.resume();
      // the server says both for either kind of retry, and a second attempt says neither
      resolve(response.headers['grpc-status'] === undefined ? (response.statusCode ?? 0) : 503);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(0));
  });
}
