import { readFile } from 'node:fs/promises';
import { CommandError, run } from './run-program.js';

/** Looks at the networks of a Docker in which other runs come and go. */
const tries = 5;

/** IPv4 subnets of every Docker network of this machine. Throws (exit 4) where Docker cannot tell. */
export async function usedSubnets(options: { timeout?: number } = {}): Promise<string[]> {
  const format = '{{range .IPAM.Config}}{{println .Subnet}}{{end}}';
  for (let left = tries; ; left--) {
    const ids = (await run('docker', ['network', 'ls', '-q'], options)).split('\n').filter(Boolean);
    if (ids.length === 0) return [];
    try {
      const subnets = await run('docker', ['network', 'inspect', '-f', format, ...ids], options);
      return subnets.split('\n').filter((subnet) => subnet !== '' && !subnet.includes(':'));
    } catch (error) {
      // the network of another run, which has ended since the listing
      if (left === 1 || !(error instanceof CommandError) || !/not found|no such network/i.test(error.output))
        throw error;
    }
  }
}

/** A route of this machine. */
export interface Route {
  cidr: string;
  device: string;
}

/** IPv4 routes of this machine, without the default ones; none where the system does not list them in /proc. */
export async function hostRoutes(): Promise<Route[]> {
  return parseRoutes(await readFile('/proc/net/route', 'utf8').catch(() => ''));
}

/** The kernel's IPv4 routes without the default ones; /proc/net/route has addresses as little-endian hex. */
export function parseRoutes(text: string): Route[] {
  const dotted = (hex: string) => (hex.match(/../g) ?? []).reverse().map((byte) => parseInt(byte, 16));
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/))
    .map(([device = '', destination = '', , , , , , mask = '']) => {
      const bits = dotted(mask).reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
      return { cidr: `${dotted(destination).join('.')}/${bits}`, device };
    })
    .filter(({ cidr }) => !cidr.endsWith('/0'));
}
