import { tryPods } from '../probe/injection.js';
import { eastWestGateway, sampleNamespace } from '../topology/mesh-names.js';
import { restart, type Breakage } from './breakage.js';
import { untilApart } from './edit-helloworld.js';
import type { Mesh } from './fault.js';
import type { Patch } from './merge-patch.js';

/**
 * Changes the Gateway that exposes the services of `two`, or deletes it (null), and waits until no call passes. In a primary-remote mesh
 * it is in the primary, and for the gateways of both.
 */
export async function editExposure(mesh: Mesh, breakage: Breakage, patch: Patch | null): Promise<void> {
  const primary = mesh.primaryOf(mesh.two);
  const where = [primary, primary.istio.namespace, 'gateways.networking.istio.io/cross-network-gateway'] as const;
  await (patch ? breakage.edit(...where, patch) : breakage.delete(...where));
  // the gateway's old listener serves the connections that it has for another 45 s (Envoy's drain time)
  await untilApart(mesh, breakage);
}

/** Restarts the gateway by which `two`, a remote, reaches istiod, and waits until no injector answers there. */
export async function untilNoInjector({ one, two }: Mesh, breakage: Breakage): Promise<void> {
  // the remote's API server and proxies keep the connections that they have
  await restart(one, one.istio.namespace, `deployment/${eastWestGateway}`);
  await breakage.until('no injector answers', async () => {
    const [answer] = await tryPods(two, [{ namespace: sampleNamespace }], 'none');
    return answer === 'no injector answers';
  });
}
