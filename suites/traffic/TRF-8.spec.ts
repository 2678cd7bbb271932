import { behaviour, expect, requires } from '../../fixtures/index.js';

const byServer = ({ server = 'none' }: { server?: string }) =>
  /^(istio-)?envoy$/.test(server) ? server : 'another server';

/**
 * A pod's annotations can take ports out of its sidecar's hands: outgoing ones of a caller, incoming ones of a server. The header
 * `server` of an answer tells who handled it: a caller's sidecar writes `envoy`, a server's `istio-envoy`, and the caller's comes
 * last. When neither end has one the header is the server's own.
 */
behaviour(
  'annotations take ports out of the hands of a sidecar, and the answers show it',
  // a caller without a sidecar speaks plain text
  requires('not strict-mtls'),
  async ({ ownNamespace, eachCluster }) => {
    const space = await ownNamespace();
    await Promise.all([space.deploy('helloworld'), space.deploy('sleep'), space.apply()]);

    await eachCluster(async (cluster) => {
      const expected = {
        'sleep to helloworld': 'envoy',
        'sleep to server-bypassed': 'envoy',
        'caller-bypassed to helloworld': 'istio-envoy',
        'caller-bypassed to server-bypassed': 'another server',
      };
      for (const [path, server] of Object.entries(expected)) {
        const [from, to] = path.split(' to ') as [string, string];
        const calls = space.client(cluster, from).calls(space.service(to).url, { count: 10 });
        await expect(calls).toOnlyAnswer(200);
        expect(await calls.once()).toFitShares({ [server]: 1 }, byServer);
      }
    });
  },
);
