import { behaviour, callsToMeet, expect } from 'meshproof';

// The stem of the file is the id: OWN-1. Its manifest is OWN-1.yaml.
behaviour(
  'our rule reaches the proxies of every cluster, and every version answers',
  async ({ mesh, apply, eachCluster }) => {
    await apply();

    await eachCluster(async (cluster) => {
      const sleep = cluster.client('sleep');
      const calls = sleep.calls(mesh.helloworld.url, { count: callsToMeet(mesh.versions.length) });

      await expect(sleep.policy(mesh.helloworld)).toBecome(['RANDOM']);
      await expect(calls).toReachVersions(mesh.versions);
    });
  },
);
