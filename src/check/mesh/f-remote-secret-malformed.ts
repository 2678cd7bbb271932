import { makeAnew, secretsThat } from '../remote-secret-problems.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-REMOTE-SECRET-MALFORMED',
  title: 'a remote secret holds no kubeconfig',
  hop: 'control plane',
  reads: ['remote secrets'],
  applies: ({ features }) => features.clusters > 1,
  look: (mesh) => secretsThat(mesh, 'malformed', makeAnew),
});
