import { loseCluster } from '../lose-cluster.js';
import { defineScenario } from '../scenario.js';

export default defineScenario(
  loseCluster(
    { id: 'LOSS-3', title: 'the nodes of a cluster are stopped, and no rule has outlier detection' },
    {
      rule: 'none',
      elsewhere: {
        gap: 70_000,
        resets: 10_000,
        reason: 'nothing takes a server that does not answer out of rotation: how long callers stall is measured here',
      },
    },
  ),
);
