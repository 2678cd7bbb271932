import { sampleNamespace } from '../mesh/layout.js';
import { proxyClusters, type Breakage } from './breakage.js';
import type { Patch } from './merge-patch.js';
import type { Mesh } from './types.js';

/** Changes the Service helloworld of `two`, and waits until the proxies of `one` have lost its endpoints. */
export async function editHelloworld({ one, two }: Mesh, breakage: Breakage, patch: Patch): Promise<void> {
  const known = async (): Promise<number> =>
    (await proxyClusters(one, 'sleep', 'helloworld\\.sample'))
      .split('\n')
      .filter((line) => line.includes('::health_flags::')).length;
  const before = await known();
  await breakage.edit(two, sampleNamespace, 'service/helloworld', patch);
  await breakage.until('endpoints are lost', async () => (await known()) < before);
}
