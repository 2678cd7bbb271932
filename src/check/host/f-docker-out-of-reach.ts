import { defineHostCheck, dockerOf, makesClusters } from '../host-view.js';
import { dockerAddresses } from '../preflight-docker.js';

export default defineHostCheck({
  id: 'F-DOCKER-OUT-OF-REACH',
  title: 'addresses of containers do not answer here',
  applies: makesClusters,

  ask: (host) => {
    const { reach, info } = dockerOf(host);
    return [dockerAddresses(reach, info)];
  },
});
