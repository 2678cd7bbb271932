import { causesOf, type RunRecord, type TopologyRecord } from '../../src/record/result.js';
import { sampleChange, samplePath } from './change.js';
import {
  everyState,
  notBuilt,
  sampleBehaviour,
  sampleClusters,
  sampleFailure,
  sampleFinding,
  sampleRecord,
  sampleTopology,
} from './record.js';

/** A topology on which behaviours failed because a remote secret is missing. */
export function brokenTopology(more: Partial<TopologyRecord> = {}): TopologyRecord {
  const failures = [sampleFailure({ findings: [sampleFinding({ hop: 'control plane' })] })];
  const behaviours = [
    sampleBehaviour({ verdict: 'failed', failures }),
    sampleBehaviour({ id: 'LB-2', title: 'the spread fits', verdict: 'failed', failures }),
    sampleBehaviour({ id: 'CP-1', title: 'in step' }),
  ];
  return sampleTopology({ clusters: sampleClusters(), behaviours, findings: causesOf(behaviours), ...more });
}

/** A record whose page has every section: failures with their findings, changes under load, and a matrix of topologies. */
export function everySection(): RunRecord {
  const lanes = ['new', 'new-no-retry', 'reused', 'tcp-stream', 'grpc-stream'] as const;
  const paths = lanes.map((lane) =>
    samplePath({ id: `cluster1 > cluster2, ${lane}`, lane, retried: 12, endedByCallee: 1 }),
  );
  const disrupted = sampleChange({ verdict: 'disrupted', reasons: [`${paths[0]!.id}: ${paths[0]!.why}`], paths });
  const changed = sampleTopology({ name: 'flat-primary-remote', clusters: sampleClusters(), changes: [disrupted] });
  const topologies = [brokenTopology(), { ...everyState(), name: 'mixed' }, changed, notBuilt()];
  return sampleRecord(topologies, { command: ['meshproof', 'run'] });
}
