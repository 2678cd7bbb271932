import { defineCheck } from '../define-check.js';
import { secretsThat } from '../remote-secret-problems.js';

export default defineCheck({
  id: 'F-REMOTE-SECRET-WRONG-CA',
  title: 'a remote secret trusts a different CA than its API server uses',
  hop: 'control plane',
  reads: ['remote secrets'],
  applies: ({ features }) => features.clusters > 1,
  look: (mesh) => secretsThat(mesh, 'wrong authority'),
});
