import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';

/** Versions that have been given up. */
const old = /"tls_minimum_protocol_version":"(TLSv1_0|TLSv1_1|TLS_AUTO)"/;

export default defineCheck({
  id: 'F-OLD-TLS',
  title: 'an EnvoyFilter lets proxies accept an obsolete TLS version',
  hop: 'mtls',
  reads: ['configuration', 'declared'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) =>
      (await mesh.unexpected(primary, 'envoyfilters')).flatMap(({ metadata, spec }) => {
        const [, version] = old.exec(JSON.stringify(spec)) ?? [];
        if (!version) return [];
        return [
          {
            cluster: primary.name,
            object: objectOf('EnvoyFilter', metadata),
            facts: { version },
            says: `${titleOf('EnvoyFilter', metadata)} of ${primary.name} sets tls_minimum_protocol_version to ${version}`,
            remedy: 'remove it, or set TLSv1_2',
          },
        ];
      }),
    ),
});
