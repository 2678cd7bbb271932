import { defineFault } from '../fault.js';
import { untilUnknown } from '../edit-helloworld.js';

export default defineFault({
  id: 'remote-secret-unlabelled',
  title: 'a remote secret has lost its label',
  finding: 'F-REMOTE-SECRET-UNLABELLED',
  requires: ['clusters >= 2'],
  async break({ one, two }, breakage) {
    await breakage.edit(one, one.istio.namespace, `secret/istio-remote-secret-${two.name}`, (secret) => {
      const { metadata } = secret as { metadata: { labels: Record<string, string> } };
      const { 'istio/multiCluster': _, ...labels } = metadata.labels;
      return { ...secret, metadata: { ...metadata, labels } };
    });
    await untilUnknown(one, two, breakage);
  },
  fails: ({ one, servedBy }) => ({ 'LB-1': servedBy(one), 'CP-1': [one.name] }),
  passes: ['LOC-8'],
});
