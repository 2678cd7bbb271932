import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'pool-too-large',
  title: 'a connection pool has no limit that matters',
  finding: { id: 'F-POOL-LIMITS', words: /expected: 200 -, 503 UO\ngot: 200 -$/m },
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
  fails: ({ one }) => ({ 'TRF-6': each([one.name], /expected: 200 -, 503 UO/) }),
  passes: ['LOC-8'],
});
