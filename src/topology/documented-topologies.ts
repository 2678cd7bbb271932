/** What `run` proves when no topology is named: the four that Istio's documentation has, by their files. */
export const documentedTopologies = [
  'multi-network-multi-primary',
  'multi-network-primary-remote',
  'flat-multi-primary',
  'flat-primary-remote',
];
