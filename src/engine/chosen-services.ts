import type { Called } from '../check/path/path-types.js';
import type { FoundMesh } from '../mesh/found-mesh.js';

/** Services that are looked at where none is named: each takes a second or two. */
const most = 3;

/** The services of a found mesh that are looked at, and what a reader must know of the choice; `option` is what names others. */
export function chosenServices(
  { services, notes }: Pick<FoundMesh, 'services' | 'notes'>,
  asked: readonly Called[],
  option: string,
): { called: Called[]; notes: string[] } {
  const found = services.map((one): Called => ({ ...one, path: '/' }));
  const called = asked.length > 0 ? [...asked] : found.slice(0, most);
  if (called.length === 0)
    return { called, notes: [...notes, `no service with sidecars was found; name one with ${option}`] };
  if (asked.length > 0 || found.length <= most) return { called, notes: [...notes] };
  const names = called.map(({ name, namespace }) => `${namespace}/${name}`).join(', ');
  return {
    called,
    notes: [...notes, `of ${found.length} services these were looked at: ${names}; choose with ${option}`],
  };
}

/** The namespaces of services, each once. */
export function namespacesOf(called: readonly Called[]): string[] {
  return [...new Set(called.map(({ namespace }) => namespace))];
}
