import { askWhy, type Why } from '../check/why.js';
import { parseCalled } from '../check/path/parse-call.js';
import type { Called } from '../check/path/path-types.js';
import { findMesh } from '../mesh/found-mesh.js';
import { sampleNamespace } from '../topology/mesh-names.js';
import { chosenServices, namespacesOf } from './chosen-services.js';
import { meshThatIsUp } from './kept-meshes.js';

/** What is asked. */
export interface WhyQuestion {
  run?: string;
  /** Contexts of a kubeconfig, of all clusters of a mesh; instead of a run. */
  contexts: readonly string[];
  kubeconfig?: string;
  /** `ns/name:port`; default: what the mesh has in several clusters, or the sample of a run. */
  services: readonly string[];
  noExec: boolean;
}

/** The answer, with how it came about. */
export interface WhyAnswer extends Why {
  clusters: string[];
  services: Called[];
  notes: string[];
  durationMs: number;
}

const sample: Called = { namespace: sampleNamespace, name: 'helloworld', port: 5000, path: '/hello' };

/** Asks a mesh why its calls fail. It reads, and runs commands in pods that are there; nothing is made or changed. */
export async function whyOf({ run, contexts, kubeconfig, services, noExec }: WhyQuestion): Promise<WhyAnswer> {
  const start = Date.now();
  const asked = services.map(parseCalled);
  if (contexts.length === 0) {
    const state = meshThatIsUp(run);
    const called = asked.length > 0 ? asked : [sample];
    const why = await askWhy(state, called, { noExec });
    return {
      ...why,
      clusters: state.clusters.map(({ name }) => name),
      services: called,
      notes: [],
      durationMs: Date.now() - start,
    };
  }
  const mesh = await findMesh(contexts, namespacesOf(asked), kubeconfig);
  try {
    const { called, notes } = chosenServices(mesh, asked, '--service');
    const why = await askWhy(mesh.state, called, { namespaces: namespacesOf(called), clients: mesh.clients, noExec });
    return {
      ...why,
      clusters: mesh.state.clusters.map(({ name }) => name),
      services: called,
      notes,
      durationMs: Date.now() - start,
    };
  } finally {
    mesh.close();
  }
}
