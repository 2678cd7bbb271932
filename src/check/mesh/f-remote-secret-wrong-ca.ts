import { defineCheck } from '../define-check.js';
import { secretsThat } from '../remote-secret-problems.js';

export default defineCheck({
  id: 'F-REMOTE-SECRET-WRONG-CA',
  title: 'a remote secret trusts another authority than that of the API server that it leads to',
  hop: 'control plane',
  reads: ['remote secrets'],
  applies: ({ features }) => features.clusters > 1,
  look: (mesh) => secretsThat(mesh, 'wrong authority'),
});
