import { behaviour, expect, refusal } from '../../fixtures/index.js';

/**
 * Once a policy allows something, all else is refused: another method, a caller of another namespace. And DENY is asked before
 * ALLOW: what both are about is refused. Servers of every cluster say so to callers of every cluster.
 */
behaviour(
  'DENY wins over ALLOW; what no rule allows, another method or namespace, is refused',
  async ({ mesh, ownNamespace, eachCluster }) => {
    const own = await ownNamespace();
    await Promise.all([own.deploy('echo'), own.deploy('sleep'), own.apply({ callers: mesh.namespace })]);
    const { host } = own.service('echo');
    const options = { count: mesh.callsToSeeAll };

    await eachCluster(async (cluster) => {
      const [caller, another] = [cluster.client('sleep'), own.client(cluster, 'sleep')];
      const refused = [
        caller.calls(`${host}:8080/hello`, { ...options, method: 'POST' }),
        caller.calls(`${host}:8080/denied`, options),
        another.calls(`${host}:8080/hello`, options),
      ];

      const control = caller.calls(`${host}:8080/hello`, { count: 10 });

      await expect(caller.calls(`${host}:8080/hello`, options)).toOnlyReach(mesh.names);
      for (const calls of refused) await expect(calls).toBeRefused(refusal.authorization, { control });
    });
  },
);
