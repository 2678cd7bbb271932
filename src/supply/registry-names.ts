import { exitCode, MeshproofError } from '../kernel/errors.js';

/** host[:port][/path], as it stands before an image's own path. */
export const registryPattern = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(\/[a-z0-9._-]+)*$/;

/** Throws MeshproofError, exit code 2, where `registry` could not begin the name of an image. */
export function checkRegistry(registry: string): void {
  if (registryPattern.test(registry)) return;
  throw new MeshproofError(`"${registry}" is not a valid registry`, exitCode.usage, {
    expected: 'host[:port][/path] in small letters, without https:// and without a slash at the end',
  });
}

/**
 * The same image in another registry: the host is replaced, path, tag and digest stay. An image without a host is one of
 * Docker Hub's, and one without a folder there is in `library`.
 */
export function inRegistry(image: string, registry: string): string {
  const [head = '', ...rest] = image.split('/');
  const hasHost = rest.length > 0 && (head.includes('.') || head.includes(':') || head === 'localhost');
  if (hasHost) return `${registry}/${rest.join('/')}`;
  return `${registry}/${rest.length > 0 ? image : `library/${image}`}`;
}

/** An image's name without its digest: what it is called in a Docker that it was loaded into. */
export function withoutDigest(image: string): string {
  return image.split('@')[0]!;
}

/** Throws MeshproofError, exit code 2, where downloads cannot come from `mirror`. */
export function checkMirror(mirror: string): void {
  // a password in it would be in the report, and `fetch` takes none
  const shown = mirror.replace(/\/\/[^/]*@/, '//...@');
  if (/^https?:\/\/[^\s/?#@]+(\/[^\s?#]*[^\s/?#])?$/.test(mirror)) return;
  throw new MeshproofError(`"${shown}" is not a valid mirror address`, exitCode.usage, {
    expected: 'http[s]://host[:port][/path], without a user, a password, or a slash at the end',
  });
}

/** The same download in a mirror, or below a folder: the address without its scheme, below the mirror's. What is no address stays. */
export function inMirror(address: string, mirror: string): string {
  return address.replace(/^https?:\/\//, `${mirror}/`);
}
