import { isIPv6 } from 'node:net';
import type { SeriesConfig } from '../load/series-config.js';
import { ingressPort, type Callee } from './ingress-objects.js';

/** Two clients without a proxy in each cluster, as there are two with one. */
export const outsideNames = ['outside-a', 'outside-b'] as const;

/** Whether a client, `cluster1/outside-a`, is outside of the mesh. */
export function isOutside(client: string): boolean {
  return outsideNames.some((name) => client.endsWith(`/${name}`));
}

/**
 * What a client outside of the mesh calls, in this order. Its control comes first: so its series continue those of the others,
 * whose control comes last.
 */
export function outsideSeriesOf(control: SeriesConfig, callees: readonly Callee[], address: string): SeriesConfig[] {
  const host = isIPv6(address) ? `[${address}]` : address;
  return [
    control,
    ...callees.map(({ cluster, host: authority }): SeriesConfig => ({
      lane: 'ingress',
      cluster,
      host,
      port: ingressPort,
      authority,
    })),
  ];
}
