import { behaviour, expect } from '../../fixtures/index.js';

/**
 * A VirtualService that lists gateways holds for those only. Its rule, which answers 418, is seen at the ingress gateway, and calls
 * within the mesh to the very same host are answered as ever. The same rule for `mesh` as well is obeyed there too.
 */
behaviour(
  'a VirtualService that is bound to a gateway only does not change calls within the mesh',
  async ({ mesh, ownNamespace, eachCluster }) => {
    const space = await ownNamespace();
    await Promise.all([space.deploy('helloworld'), space.deploy('ingress'), space.apply()]);

    await eachCluster(async (cluster) => {
      const sleep = cluster.client('sleep');
      const ingress = `ingress-${cluster.name}.${space.name}:8080/hello`;
      const { host, url } = space.service('helloworld');
      const inMesh = sleep.calls(url, { count: 30 });
      const both = sleep.calls(space.service('both').url, { count: 10 });

      await expect(both).toOnlyAnswer(418);
      await expect(sleep.calls(ingress, { count: 10, headers: { host } })).toOnlyAnswer(418);
      await expect(inMesh).toOnlyReach(mesh.names);
    });
  },
);
