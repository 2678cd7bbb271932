/**
 * Which versions are supported together, as their projects say. `read` is the day on which the pages were last looked at;
 * scripts/public-names.mjs says when that is too long ago.
 */
export const compatibility = {
  /** The Kubernetes minors that a minor of Istio supports: the first and the last. */
  istio: {
    page: 'https://istio.io/latest/docs/releases/supported-releases/',
    read: '2026-11-29',
    // the page's own table, istio.io's data/compatibility/supportStatus.yml: 1.31 got Kubernetes 1.37 on 2026-09-30
    kubernetes: {
      '1.31': ['1.32', '1.37'],
      '1.30': ['1.32', '1.36'],
      '1.29': ['1.31', '1.35'],
      '1.28': ['1.30', '1.34'],
      '1.27': ['1.29', '1.33'],
      '1.26': ['1.29', '1.33'],
      '1.25': ['1.29', '1.32'],
      '1.24': ['1.28', '1.31'],
    } as Readonly<Record<string, readonly [string, string]>>,
  },
  /** istioctl is to have the version of the control plane. */
  istioctl: {
    page: 'https://istio.io/latest/docs/ops/diagnostic-tools/istioctl/',
    read: '2026-11-29',
  },
  /** kubectl works with API servers that are at most so many minors older or newer. */
  kubectl: {
    page: 'https://kubernetes.io/releases/version-skew-policy/#kubectl',
    read: '2026-11-29',
    minors: 1,
  },
} as const;
