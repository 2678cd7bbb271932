import { secretsThat } from '../remote-secret-problems.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-REMOTE-SECRET-WRONG-CLUSTER',
  title: 'a remote secret has the name of one cluster but points to another',
  hop: 'control plane',
  reads: ['remote secrets'],
  applies: ({ features }) => features.clusters > 1,
  look: (mesh) => secretsThat(mesh, 'wrong cluster'),
});
