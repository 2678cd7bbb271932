import { loseCluster } from '../lose-cluster.js';
import { defineScenario } from '../scenario.js';

export default defineScenario(
  loseCluster(
    { id: 'LOSS-1', title: 'the nodes of a cluster are stopped; outlier detection settles its calls elsewhere' },
    {
      rule: 'outlier detection',
      elsewhere: {
        gap: 15_000,
        resets: 4,
        reason:
          'a connection in use hangs until its caller gives up after 5 s; a new one fails after 1 s, and two failures eject',
      },
    },
  ),
);
