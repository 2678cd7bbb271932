import type { V1ObjectMeta } from '@kubernetes/client-node';

/** The annotation of a pod that says what its sidecar takes up: `excludeInboundPorts`, `includeOutboundIPRanges`. */
export function sidecarAnnotation(name: string): string {
  return `traffic.sidecar.istio.io/${name}`;
}

/** The words of an annotation that is a list, such as `80, 5000`; undefined without the annotation. */
export function listedIn(metadata: V1ObjectMeta | undefined, annotation: string): string[] | undefined {
  return metadata?.annotations?.[annotation]?.split(',').map((word) => word.trim());
}
