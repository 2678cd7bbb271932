import { defineHostCheck, dockerOf, makesClusters } from '../host-view.js';
import { dockerAddresses } from '../preflight-docker.js';

export default defineHostCheck({
  id: 'F-DOCKER-OUT-OF-REACH',
  title: 'this machine cannot reach container addresses',
  applies: makesClusters,

  ask: (host) => {
    const { reach, info } = dockerOf(host);
    return [dockerAddresses(reach, info)];
  },
});
