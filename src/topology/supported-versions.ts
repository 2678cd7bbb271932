/** The day on which the table was read. */
export const supportReadOn = '2026-11-30';

interface Supported {
  istio: string;
  /** Kubernetes versions that the Istio project supports it on. */
  kubernetes: readonly [first: string, last: string];
  /** When its support ends, or has ended; `~` where that was expected. */
  until: string;
}

/** From data/compatibility/supportStatus.yml of istio.io, as it was before 1.31: of a newer release nothing is said. */
const releases: readonly Supported[] = [
  { istio: '1.30', kubernetes: ['1.32', '1.36'], until: '~Nov 2026' },
  { istio: '1.29', kubernetes: ['1.31', '1.35'], until: '~Aug 2026' },
  { istio: '1.28', kubernetes: ['1.30', '1.34'], until: 'Jul 2026' },
  { istio: '1.27', kubernetes: ['1.29', '1.33'], until: 'Apr 2026' },
  { istio: '1.26', kubernetes: ['1.29', '1.33'], until: 'Dec 2025' },
];

/** What the Istio project says of a pair of versions; `fits` is undefined where the table does not have the release. */
export function supportOf(istio: string, kubernetes: string): { fits?: boolean; says: string } {
  const minor = (version: string): number => Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? NaN);
  const found = releases.find((one) => minor(one.istio) === minor(istio));
  const dated = `by the table of ${supportReadOn}`;
  if (!found) return { says: `Istio ${istio} is not in the table of ${supportReadOn}` };
  const [first, last] = found.kubernetes;
  const fits = minor(kubernetes) >= minor(first) && minor(kubernetes) <= minor(last);
  const range = `Istio ${found.istio} is supported on Kubernetes ${first} to ${last}, until ${found.until}, ${dated}`;
  return { fits, says: fits ? range : `${range}; this is ${kubernetes}` };
}
