import path from 'node:path';
import { sessionVariable, writeSession, type MeshSession } from '../../src/engine/playwright/session-file.js';

/** The part of a session about a mesh, with what most tests do not ask for. */
export function meshSessionIn(folder: string, given: Partial<MeshSession> = {}): MeshSession {
  return {
    topology: 'two',
    clusters: 2,
    stateFile: path.join(folder, 'state.json'),
    reportDir: path.join(folder, 'run'),
    playwrightDir: path.join(folder, 'playwright'),
    reports: 'record',
    spansFile: path.join(folder, 'spans.jsonl'),
    secretsFile: path.join(folder, 'secrets.jsonl'),
    istioctl: { '1.31.0': 'istioctl' },
    workers: 1,
    allowDisruptive: false,
    evidence: false,
    long: false,
    manifestChanges: [],
    ...given,
  };
}

/** Writes a session; returns the environment that names it. */
export function sessionIn(folder: string, given: Partial<MeshSession> = {}): Record<string, string> {
  const file = path.join(folder, 'session.json');
  writeSession(file, { version: 1, suites: [folder], timeouts: { scale: 1 }, mesh: meshSessionIn(folder, given) });
  return { [sessionVariable]: file };
}
