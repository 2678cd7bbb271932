import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { inHome } from './lab-home.js';

/** What the lab changed on the machine outside its folder, and how that was before; `remove` undoes it. */
export interface LabState {
  /** Debian packages that the lab installed, with those that they brought. */
  packages: string[];
  /** Kernel and firewall settings before Docker was first started by the lab. */
  machine?: MachineBefore;
  /** Builds that were added to those of the project. */
  istio: { version: string; moduleVersion: string }[];
  kubernetes: { version: string; program: string }[];
}

/** Docker turns forwarding on, forbids it for others, and makes chains, a bridge and folders that outlive it. */
export interface MachineBefore {
  ipForward: string;
  /** How many inotify instances a user could have; absent when the daemon was started by a version that left that alone. */
  inotifyInstances?: string;
  /** Policy of the FORWARD chain of iptables. */
  forwardPolicy: string;
  /** Whether there was a bridge docker0. */
  bridge: boolean;
  /** Docker's own folders outside the lab's that were not there. */
  absent: string[];
}

const empty: LabState = { packages: [], istio: [], kubernetes: [] };

export function readLabState(): LabState {
  try {
    return { ...empty, ...(JSON.parse(readFileSync(inHome('state.json'), 'utf8')) as LabState) };
  } catch {
    return empty;
  }
}

/** Changes the state by what `change` says. */
export function changeLabState(change: (state: LabState) => Partial<LabState>): void {
  const state = readLabState();
  mkdirSync(inHome(), { recursive: true });
  writeFileSync(inHome('state.json'), `${JSON.stringify({ ...state, ...change(state) }, null, 2)}\n`);
}
