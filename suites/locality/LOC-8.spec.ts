import { behaviour, expect, explainedBy } from '../../fixtures/index.js';

/** Who writes both into one rule is told at once, by the webhook that validates Istio's configuration, in every primary. */
behaviour(
  'a rule with both distribute and failover is refused',
  explainedBy('F-VALIDATION-MISSING'),
  async ({ mesh, ownNamespace, eachCluster }) => {
    const space = await ownNamespace();
    await eachCluster(
      (cluster) =>
        expect(space.tryApply(cluster)).toBecome([
          'DestinationRule distribute: accepted',
          'DestinationRule failover: accepted',
          "DestinationRule both: refused: can not simultaneously specify 'distribute' and 'failover'",
        ]),
      mesh.primaries,
    );
  },
);
