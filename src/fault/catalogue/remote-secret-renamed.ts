import { kubectl } from '../../kube/kubectl.js';
import { defineFault } from '../fault.js';
import { untilUnknown } from '../edit-helloworld.js';
import { read, restart } from '../breakage.js';
import { istiodName } from '../../topology/istio-names.js';

export default defineFault({
  id: 'remote-secret-renamed',
  title: 'a remote secret was renamed: a second one was added, then the first was deleted',
  finding: 'F-REMOTE-SECRET-IGNORED',
  requires: ['clusters >= 2'],
  async break({ one, two }, breakage) {
    const { namespace } = one.istio;
    const name = `istio-remote-secret-${two.name}`;
    const secret = await read(one, namespace, `secret/${name}`);
    breakage.afterwards(`${one.name}: istiod has seen two secrets of ${two.name}`, () =>
      restart(one, namespace, `deployment/${istiodName(one.istio)}`),
    );
    await breakage.create(one, {
      ...secret,
      metadata: { ...(secret['metadata'] as object), name: `access-${two.name}` },
    });
    // istiod says in its log that it ignores the second one, and nowhere else
    await breakage.until('istiod has seen the second secret', async () =>
      (await kubectl(one, ['-n', namespace, 'logs', `deployment/${istiodName(one.istio)}`, '--since=60s'])).includes(
        `access-${two.name}`,
      ),
    );
    await breakage.delete(one, namespace, `secret/${name}`);
    await untilUnknown(one, two, breakage);
  },
  fails: ({ one, servedBy }) => ({ 'LB-1': servedBy(one), 'CP-1': [one.name] }),
  passes: ['LOC-8'],
});
