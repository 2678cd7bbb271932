import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { removable } from '../src/supply/lab/debian.js';
import { stopDocker } from '../src/supply/lab/lab-daemon.js';
import { dockerDaemons, undoRules } from '../src/supply/lab/lab-machine.js';
import { folder, useLabFolder } from './helpers/lab-folder.js';

useLabFolder();

test("taking back Docker's rules: jumps first, then each chain, emptied before it is removed", () => {
  const printed = [
    '-P FORWARD DROP',
    '-N DOCKER',
    '-N DOCKER-USER',
    '-N KEEP',
    '-A FORWARD -j DOCKER-USER',
    '-A FORWARD -j KEEP',
    '-A DOCKER -i docker0 -j RETURN',
    '-A POSTROUTING -s 172.18.0.0/16 ! -o docker0 -j MASQUERADE',
  ].join('\n');
  expect(undoRules(printed).map((rule) => rule.join(' '))).toEqual([
    '-D FORWARD -j DOCKER-USER',
    '-D POSTROUTING -s 172.18.0.0/16 ! -o docker0 -j MASQUERADE',
    '-F DOCKER',
    '-F DOCKER-USER',
    '-X DOCKER',
    '-X DOCKER-USER',
  ]);
  expect(undoRules('-P FORWARD ACCEPT')).toEqual([]);
});

describe("taking back Docker's changes to the machine", () => {
  let calls: string;
  let absent: string;
  let proc: string;
  /** A process in the network of this one, or in another. */
  const process = (pid: string, name: string, network: string): void => {
    mkdirSync(path.join(proc, pid, 'ns'), { recursive: true });
    writeFileSync(path.join(proc, pid, 'comm'), `${name}\n`);
    symlinkSync(network, path.join(proc, pid, 'ns/net'));
  };
  beforeEach(() => {
    calls = path.join(folder, 'calls');
    absent = path.join(folder, 'etc-docker');
    proc = path.join(folder, 'proc');
    process('self', 'node', 'net:[1]');
    process('20', 'containerd', 'net:[1]');
    process('30', 'dockerd', 'net:[2]');
    mkdirSync(path.join(folder, 'bin'));
    for (const name of ['iptables', 'ip6tables', 'sysctl', 'ip', 'findmnt']) {
      const says = name === 'iptables' ? '[ "$3" = -S ] && echo "-N DOCKER"\n' : '';
      const file = path.join(folder, 'bin', name);
      writeFileSync(file, `#!/bin/sh\necho ${name} "$@" >>${calls}\n${says}exit 0\n`, { mode: 0o755 });
    }
    vi.stubEnv('PATH', path.join(folder, 'bin'));
    vi.stubEnv('MESHPROOF_LAB_RUN', path.join(folder, 'run'));
    mkdirSync(path.join(folder, 'home'));
    mkdirSync(path.join(absent, 'certs.d'), { recursive: true });
    writeFileSync(path.join(absent, 'key.json'), '');
    const machine = { bridge: false, ipForward: '0', forwardPolicy: 'ACCEPT', absent: [absent] };
    writeFileSync(path.join(folder, 'home/state.json'), JSON.stringify({ machine }));
  });
  const said = (): string => readFileSync(calls, 'utf8');

  test('rules, settings and what Docker left in its folders go', async () => {
    expect(await stopDocker(proc)).toBeUndefined();
    expect(said()).toContain('iptables -t nat -X DOCKER');
    expect(said()).toContain('sysctl -q -w net.ipv4.ip_forward=0');
    expect(existsSync(absent)).toBe(false);
  });

  test("a file that is not Docker's own stays", async () => {
    writeFileSync(path.join(absent, 'daemon.json'), '{}');
    await stopDocker(proc);
    expect(readdirSync(absent)).toEqual(['daemon.json']);
  });

  test('nothing is taken back from another Docker that runs by now', async () => {
    process('40', 'dockerd', 'net:[1]');
    expect(dockerDaemons(proc)).toEqual([40]);
    expect(await stopDocker(proc)).toBe(
      "Docker's rules, bridge and settings stay, because another dockerd is running (process 40)",
    );
    expect(said()).toBe('findmnt -rno TARGET\n');
    expect(existsSync(path.join(absent, 'key.json'))).toBe(true);
  });
});

describe('packages that the lab installed', () => {
  /** What goes with some packages, by what needs what, as apt says it: of those that are installed. */
  const apt = (needs: Record<string, string[]>, installed: string[]) => (names: readonly string[]) => {
    const going = new Set(names.filter((name) => installed.includes(name)));
    for (let before = -1; before < going.size;) {
      before = going.size;
      for (const [name, of] of Object.entries(needs)) if (of.some((one) => going.has(one))) going.add(name);
    }
    return Promise.resolve([...going]);
  };

  test('all go where nothing else needs them', async () => {
    const removedWith = apt({ gcc: ['cpp'] }, ['gcc', 'cpp', 'runc']);
    expect(await removable(['gcc', 'cpp', 'runc'], removedWith)).toEqual(['gcc', 'cpp', 'runc']);
  });

  test('what something needs that was installed since stays, with what it needs itself', async () => {
    const removedWith = apt({ 'build-essential': ['gcc'], gcc: ['cpp'] }, ['gcc', 'cpp', 'runc', 'build-essential']);
    expect(await removable(['gcc', 'cpp', 'runc'], removedWith)).toEqual(['runc']);
  });
});
