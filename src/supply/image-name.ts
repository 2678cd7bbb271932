/** The parts of an image's name. */
export interface ImageName {
  /** host[:port]; `docker.io` for Docker Hub. */
  registry: string;
  /** Path in the registry, without a tag. */
  repository: string;
  /** The digest where there is one, else the tag. */
  reference: string;
}

/** Takes an image's name apart as Docker does. */
export function parseImage(image: string): ImageName {
  const [named = '', digest] = image.split('@');
  const slash = named.indexOf('/');
  const first = named.slice(0, Math.max(slash, 0));
  const hasHost = /[.:]/.test(first) || first === 'localhost';
  const host = hasHost ? first : 'docker.io';
  const rest = hasHost ? named.slice(slash + 1) : named;
  const colon = rest.lastIndexOf(':');
  const path = colon > rest.lastIndexOf('/') ? rest.slice(0, colon) : rest;
  const tag = colon > rest.lastIndexOf('/') ? rest.slice(colon + 1) : 'latest';
  const registry = host === 'index.docker.io' ? 'docker.io' : host;
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  return { registry, repository, reference: digest ?? tag };
}

/** What a person calls the registry of an image. */
export function registryOf(image: string): string {
  const { registry } = parseImage(image);
  return registry === 'docker.io' ? 'Docker Hub' : registry;
}
