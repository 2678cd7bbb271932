import { defineFault } from '../fault.js';

export default defineFault({
  id: 'pool-too-large',
  title: 'a connection pool has no effective limit',
  finding: 'F-CONFIGURATION-DIFFERS',
  manifests: [
    {
      manifest: 'TRF-6',
      object: 'DestinationRule/echo',
      patch: {
        spec: {
          trafficPolicy: {
            connectionPool: {
              tcp: { maxConnections: 1000 },
              http: { http1MaxPendingRequests: 1000, http2MaxRequests: 1000 },
            },
          },
        },
      },
    },
  ],
  fails: ({ one }) => ({ 'TRF-6': [one.name] }),
  passes: ['LOC-8'],
});
