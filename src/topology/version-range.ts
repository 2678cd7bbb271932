import { compareVersions, minorOf, parseVersion } from './version.js';

/** One part of a range: `>=1.30`, `<1.31.2`, `1.30` (all of 1.30) or `1.30.4`. */
const part = /^(>=|<=|>|<|=)?(\d+\.\d+(?:\.\d+)?)$/;

/** Whether a text is a range of versions: parts with spaces between them, all of which must hold. */
export function isRange(text: string): boolean {
  const parts = text.trim().split(/\s+/);
  return parts.every((one) => {
    const [, , version = ''] = part.exec(one) ?? [];
    return parseVersion(whole(version)) !== undefined;
  });
}

/** Whether a version is in a range. A build of a release counts as the release: 1.31.0-lab is 1.31.0. */
export function isInRange(version: string, range: string): boolean {
  const parsed = parseVersion(version);
  if (!parsed) return false;
  const numbers = `${parsed.major}.${parsed.minor}.${parsed.patch ?? 0}`;
  return range
    .trim()
    .split(/\s+/)
    .every((one) => {
      const [, operator, bound = ''] = part.exec(one) ?? [];
      if ((operator === undefined || operator === '=') && bound.split('.').length === 2)
        return minorOf(numbers) === bound;
      const order = compareVersions(numbers, whole(bound));
      switch (operator) {
        case '>=':
          return order >= 0;
        case '<=':
          return order <= 0;
        case '>':
          return order > 0;
        case '<':
          return order < 0;
        default:
          return order === 0;
      }
    });
}

/** With three numbers. */
function whole(version: string): string {
  return version.split('.').length === 2 ? `${version}.0` : version;
}
