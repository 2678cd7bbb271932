import { defineHostCheck, dockerOf, makesClusters } from '../host-view.js';
import { inotifyRequirements } from '../preflight-inotify.js';

export default defineHostCheck({
  id: 'F-INOTIFY-SHORT',
  title: 'the kernel has too few inotify instances or watches',
  applies: makesClusters,

  ask: (host) => inotifyRequirements('docker', host.plan, dockerOf(host).reach),
});
