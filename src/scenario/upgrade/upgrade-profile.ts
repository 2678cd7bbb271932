/**
 * Behaviours that must hold in every state between two acts of an upgrade, chosen so that they are decided within 40 s: proxies and
 * control planes, calls on every path and how they are spread, identities over clusters, and locality.
 */
export const upgradeProfile = ['CP-1', 'LB-1', 'LB-2', 'LB-3', 'MTLS-6', 'LOC-1'] as const;
