import type { Finding } from '../../src/record/finding.js';
import type { ClusterRecord } from '../../src/record/mesh-schema.js';
import {
  exitCodeOf,
  summaryOf,
  verdictOf,
  type Behaviour,
  type Failure,
  type RunRecord,
  type TopologyRecord,
} from '../../src/record/result.js';

const startedAt = '2026-11-21T09:00:00.000Z';

export function sampleFinding(more: Partial<Finding> = {}): Finding {
  return {
    check: 'F-REMOTE-SECRET-MISSING',
    cluster: 'cluster1',
    facts: { missing: 'cluster2' },
    says: 'cluster1 has no remote secret of cluster2',
    remedy: 'make the secret anew',
    confidence: 'certain',
    ...more,
  };
}

export function sampleFailure(more: Partial<Failure> = {}): Failure {
  return {
    cluster: 'cluster1',
    message: 'sleep in cluster1 reached v1 only, of v1 and v2\nexpected: v1 and v2 in one batch of 10\ngot: 10 × v1',
    expected: 'v1 and v2 in one batch of 10',
    got: '10 × v1',
    histogram: { v1: 10 },
    attempts: 14,
    findings: [sampleFinding()],
    replay: './meshproof test --only LB-1',
    ...more,
  };
}

export function sampleBehaviour(more: Partial<Behaviour> = {}): Behaviour {
  return {
    id: 'LB-1',
    title: 'every version answers from every cluster',
    area: 'load-balancing',
    topology: 'multi-network-multi-primary',
    verdict: 'passed',
    flaky: false,
    startedAt,
    durationMs: 1234,
    failures: [],
    measurements: { 'distribution cluster1': { v1: 21, v2: 19 } },
    attachments: [],
    ...more,
  };
}

export function sampleTopology(more: Partial<TopologyRecord> = {}): TopologyRecord {
  const topology = {
    name: 'multi-network-multi-primary',
    file: 'topologies/multi-network-multi-primary.yaml',
    fileSha256: '0'.repeat(64),
    features: { clusters: 2, networks: 2, 'multi-network': true, 'multi-primary': true, flat: false },
    timings: [
      { step: 'node image', start: 0, duration: 400 },
      { step: 'kind create', cluster: 'cluster1', start: 400, duration: 21_300 },
      { step: 'kind create', cluster: 'cluster2', start: 410, duration: 22_100 },
      { step: 'metallb', cluster: 'cluster1', start: 21_700, duration: 12_800 },
      { step: 'metallb', cluster: 'cluster2', start: 22_510, duration: 12_100 },
      { step: 'istio', cluster: 'cluster1', start: 22_000, duration: 14_200 },
      { step: 'istio', cluster: 'cluster2', start: 22_600, duration: 15_900 },
      { step: 'remote secrets', start: 38_500, duration: 900 },
      { step: 'workloads', cluster: 'cluster1', start: 38_600, duration: 7_400 },
      { step: 'workloads', cluster: 'cluster2', start: 38_600, duration: 7_900 },
    ],
    provisioningMs: 46_500,
    provenMs: 58_000,
    behaviours: [sampleBehaviour()],
    evidence: [],
    ...more,
  };
  return { verdict: verdictOf(topology), ...topology };
}

/** Two primaries in two networks. */
export function sampleClusters(): ClusterRecord[] {
  const cluster = { role: 'primary' as const, zone: 'zone1', eastWestGateway: true };
  return [
    { ...cluster, name: 'cluster1', network: 'network1', region: 'region1', versions: ['v1'] },
    { ...cluster, name: 'cluster2', network: 'network2', region: 'region2', versions: ['v2'] },
  ];
}

/** A topology that shows every state that a report must show. */
export function everyState(): TopologyRecord {
  const attachment = {
    name: 'call log',
    contentType: 'text/plain',
    path: 'attachments/multi-network-multi-primary/LB-2-1-call-log.txt',
  };
  return sampleTopology({
    behaviours: [
      sampleBehaviour({
        verdict: 'failed',
        failures: [sampleFailure(), sampleFailure({ cluster: 'cluster2', histogram: { v2: 10 }, got: '10 × v2' })],
      }),
      sampleBehaviour({
        id: 'LB-2',
        title: 'the spread fits the shares',
        flaky: true,
        failures: [sampleFailure()],
        attachments: [attachment],
      }),
      sampleBehaviour({
        id: 'LB-3',
        title: 'the path is the gateway',
        verdict: 'undetermined',
        reason: 'kubectl did not end within 30 s',
      }),
      sampleBehaviour({ id: 'CP-1', title: 'every proxy is in sync', area: 'control-plane' }),
      sampleBehaviour({
        id: 'CP-2',
        title: 'the remote uses the gateway',
        area: 'control-plane',
        verdict: 'not-applicable',
        reason: 'needs primary-remote',
      }),
      sampleBehaviour({
        id: 'CP-5',
        title: 'istiod away',
        area: 'control-plane',
        verdict: 'skipped',
        reason: 'not selected',
      }),
    ],
    evidence: [
      { cluster: 'cluster1', path: 'evidence/multi-network-multi-primary/cluster1/pods.txt', bytes: 2048 },
      { cluster: 'cluster2', path: 'evidence/multi-network-multi-primary/cluster2/pods.txt', bytes: 1999 },
    ],
  });
}

/** A topology that could not be built. */
export function notBuilt(): TopologyRecord {
  return sampleTopology({
    name: 'flat-multi-primary',
    file: 'topologies/flat-multi-primary.yaml',
    provisioningMs: undefined,
    provenMs: undefined,
    behaviours: [],
    problem: {
      message: 'pod istiod-5d6 is ImagePullBackOff',
      where: 'cluster2/istio-system/istiod-5d6',
      expected: 'Running',
      remedy: 'see that the image is where the environment says',
    },
  });
}

/** A whole record as a run would write it; what is derived (verdicts, counts, exit code) is derived. */
export function sampleRecord(
  topologies: TopologyRecord[] = [sampleTopology()],
  run: Partial<RunRecord['run']> = {},
): RunRecord {
  const record: RunRecord = {
    schemaVersion: 1,
    run: {
      id: '20261121-090000-a1b2',
      startedAt,
      finishedAt: '2026-11-21T09:01:02.000Z',
      durationMs: 62_000,
      command: ['meshproof', 'run', 'multi-network-multi-primary'],
      exitCode: 0,
      interrupted: false,
      ...run,
    },
    meshproof: { version: '0.1.0', commit: 'f96d046' },
    machine: {
      os: 'Debian GNU/Linux 13',
      kernel: '6.12.0',
      cpus: 2,
      memoryBytes: 24 * 1024 ** 3,
      docker: '26.1.5',
      kind: '0.31.0',
      kubectl: '1.34.4',
      istioctl: '1.31.0',
      node: '20.20.2',
    },
    environment: {
      name: 'lab',
      kubernetes: '1.34.4',
      istio: '1.31.0',
      notes: ["Envoy is upstream's 1.40.0"],
      images: { 'istio-pilot': 'localhost/istio-lab/pilot:1.31.0-lab' },
    },
    topologies,
    summary: summaryOf(topologies),
  };
  record.run.exitCode = exitCodeOf(record, { strict: false });
  return record;
}
