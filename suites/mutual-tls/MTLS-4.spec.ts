import { alone, behaviour, expect, refusal, requires } from '../../fixtures/index.js';

/**
 * The modes at the three levels, and what becomes of plain text: the narrowest level that is not UNSET decides. Every case
 * turns the outcome of the one before, so that none can pass by what was there already. (That a namespace can be stricter than
 * the mesh is MTLS-3.)
 */
const cases = [
  { mesh: 'STRICT', ofNamespace: 'UNSET', workload: 'UNSET', plainText: 'refused' },
  { mesh: 'STRICT', ofNamespace: 'PERMISSIVE', workload: 'UNSET', plainText: 'answered' },
  { mesh: 'STRICT', ofNamespace: 'PERMISSIVE', workload: 'STRICT', plainText: 'refused' },
  { mesh: 'STRICT', ofNamespace: 'UNSET', workload: 'PERMISSIVE', plainText: 'answered' },
] as const;

/**
 * All the while one port of the same pods takes plain text only, by `portLevelMtls`: the control of every refusal. Callers
 * with a sidecar know that as well, and call it in plain text, which no gateway to another network forwards.
 */
behaviour(
  'the narrowest policy decides, UNSET inherits, and portLevelMtls opens one port of the container',
  { ...alone, ...requires('not strict-mtls') },
  async ({ mesh, apply, ownNamespace, eachCluster }) => {
    const [own, outside] = [await ownNamespace(), await ownNamespace({ injection: false })];
    await Promise.all([own.deploy('echo'), outside.deploy('sleep')]);
    const { url } = own.service('echo', 8080);
    const openPort = own.service('echo', 8082);

    for (const { plainText, ...modes } of cases) {
      await apply({ own: own.name, ...modes });
      await eachCluster(async (cluster) => {
        const plain = outside.client(cluster, 'sleep');
        const calls = plain.calls(url, { count: 5 });
        const control = plain.calls(openPort.url, { count: 5 });

        if (plainText === 'answered') await expect(calls).toOnlyReach([cluster.name]);
        else await expect(calls).toBeRefused(refusal.plainText, { control });
      });
    }

    await eachCluster(async (cluster) => {
      const sleep = cluster.client('sleep');
      const near = mesh.nearTo(cluster).map(({ name }) => name);
      await expect(sleep.calls(url, { count: mesh.callsToSeeAll })).toOnlyReach(mesh.names);
      await expect(sleep.calls(openPort.url, { count: mesh.callsToSeeAll })).toOnlyReach(near);
    });
  },
);
