import { defineFault } from '../fault.js';

export default defineFault({
  id: 'tls-1-1-accepted',
  title: 'an EnvoyFilter lets proxies speak TLS 1.1',
  finding: 'F-OLD-TLS',
  manifests: [
    {
      manifest: 'MTLS-7',
      add: {
        apiVersion: 'networking.istio.io/v1alpha3',
        kind: 'EnvoyFilter',
        metadata: { name: 'old-clients', namespace: '${namespace}' },
        spec: {
          configPatches: [
            {
              applyTo: 'FILTER_CHAIN',
              match: { context: 'SIDECAR_INBOUND', listener: { filterChain: { transportProtocol: 'tls' } } },
              patch: {
                operation: 'MERGE',
                value: {
                  transport_socket: {
                    name: 'envoy.transport_sockets.tls',
                    typed_config: {
                      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
                      common_tls_context: {
                        tls_params: {
                          tls_minimum_protocol_version: 'TLSv1_0',
                          cipher_suites: ['ECDHE-RSA-AES128-SHA', 'ECDHE-ECDSA-AES128-SHA', 'AES128-SHA'],
                        },
                      },
                    },
                  },
                },
              },
            },
          ],
        },
      },
    },
  ],
  fails: ({ names }) => ({ 'MTLS-7': names }),
  passes: ['LOC-8'],
});
