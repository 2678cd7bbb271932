import { program } from '../kernel/project-files.js';
import type { RunRecord, TopologyRecord } from './result.js';

/** Options of a command that say what a mesh is made of, each with a value. */
const making = ['--registry', '--mirror', '--images', '--hub', '--tag', '--istioctl', '--installer', '--config'];

/** The commands that make a mesh again and ask what failed, or what was proven, on it. */
export function commandsOf({ run, environment }: RunRecord, topology: TopologyRecord): string[] {
  const given = run.command.flatMap((word, i) => (making.includes(word) ? [word, run.command[i + 1] ?? ''] : []));
  // several versions are the topology's own
  const istio = environment.istio.includes(',') ? [] : ['--istio', environment.istio];
  const named = optionOf(run.command, '--environment') ?? environment.name;
  const versions = ['--environment', named, ...istio, '--kubernetes', environment.kubernetes];
  const up = [program, 'up', topology.file, ...versions, ...given].map(quoted).join(' ');
  const red = topology.behaviours.filter(({ verdict }) => verdict === 'failed' || verdict === 'undetermined');
  const asked = red.length > 0 ? ` --only ${red.map(({ id }) => id).join(',')}` : '';
  const lines = [
    '# make the mesh; it prints the id of a run',
    `run=$(${up})`,
    red.length > 0 ? '# ask what failed' : '# test it again',
    `${program} test "$run"${asked}`,
  ];
  if (red.length > 0) lines.push('# look for the cause', `${program} checks "$run"`);
  return [...lines, '# remove it', `${program} down "$run"`];
}

function optionOf(command: readonly string[], name: string): string | undefined {
  const at = command.indexOf(name);
  return at < 0 ? undefined : command[at + 1];
}

/** A word as a shell reads it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
