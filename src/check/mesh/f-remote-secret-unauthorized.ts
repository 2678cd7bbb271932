import { secretsThat } from '../remote-secret-problems.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-REMOTE-SECRET-UNAUTHORIZED',
  title: 'the API server rejects the token of a remote secret',
  hop: 'control plane',
  reads: ['remote secrets'],
  applies: ({ features }) => features.clusters > 1,
  look: (mesh) => secretsThat(mesh, 'unauthorized'),
});
