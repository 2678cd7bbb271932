import { defineFault } from '../fault.js';
import { changeRemoteSecret } from '../change-remote-secret.js';
import { read } from '../breakage.js';
import { untilUnknown } from '../edit-helloworld.js';

export default defineFault({
  id: 'remote-secret-wrong-cluster',
  title: 'a remote secret has the name of one cluster but points to another',
  finding: 'F-REMOTE-SECRET-WRONG-CLUSTER',
  requires: ['multi-primary'],
  async break({ one, two }, breakage) {
    // the one by which `two` reads `one`: it is valid
    const { data } = (await read(two, two.istio.namespace, `secret/istio-remote-secret-${one.name}`)) as {
      data: Record<string, string>;
    };
    const own = Buffer.from(data[one.name]!, 'base64').toString();
    await changeRemoteSecret(one, two, breakage, () => own);
    await untilUnknown(one, two, breakage);
  },
  fails: ({ one }) => ({
    'CP-1': [one.name],
    'LB-1': [one.name],
    'LB-6': [one.name],
  }),
  passes: ['LOC-8'],
});
