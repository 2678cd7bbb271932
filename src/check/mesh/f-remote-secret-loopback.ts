import { secretsThat } from '../remote-secret-problems.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-REMOTE-SECRET-LOOPBACK',
  title: "a remote secret points to istiod's own pod",
  hop: 'control plane',
  reads: ['remote secrets'],
  applies: ({ features }) => features.clusters > 1,
  look: (mesh) => secretsThat(mesh, 'loopback'),
});
