import { behaviour, expect, requires } from '../../fixtures/index.js';

/**
 * A remote has no istiod. Its API server asks for sidecars, and its proxies ask for configuration and certificates, at the
 * address of the primary's east-west gateway: 15017 is the injection webhook, 15012 is XDS and the CA. That somebody answers
 * there is shown by a pod that is given a sidecar, and by proxies that are in step with the primary's istiod.
 */
behaviour(
  'a remote finds injector and istiod at the east-west gateway of its primary',
  requires('primary-remote'),
  async ({ mesh, eachCluster }) => {
    await eachCluster(async (remote) => {
      const gateway = mesh.primaryOf(remote).handle.eastWestAddress;

      await expect(remote.injectors()).toBecome([`${gateway}:15017`]);
      await expect(remote.istiodEndpoints()).toBecome([`${gateway}:15012`, `${gateway}:15017`]);

      await expect(remote.newPods({ 'a new pod': { namespace: mesh.namespace } })).toBecome(['a new pod: sidecar']);
      await expect(remote.proxies()).toBeSynced(remote.istioVersion);
    }, mesh.remotes);
  },
);
