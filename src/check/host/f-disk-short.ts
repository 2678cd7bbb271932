import { defineHostCheck, dockerOf } from '../host-view.js';
import { dockerDisk } from '../preflight-docker.js';

export default defineHostCheck({
  id: 'F-DISK-SHORT',
  title: 'the clusters need more disk space',
  applies: ({ docker }) => docker?.info !== undefined && docker.reach === 'native',

  ask: async (host) => [await dockerDisk(host.plan, dockerOf(host).info)],
});
