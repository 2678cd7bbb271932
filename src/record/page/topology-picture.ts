import type { ClusterRecord } from '../mesh-schema.js';
import type { TopologyRecord } from '../result.js';
import { brokenParts, type BrokenParts } from './broken-parts.js';
import { anchor, html, type Markup } from './html.js';

const size = { box: 226, gap: 34, pad: 14, top: 64, height: 168 };
const inner = size.box - 2 * size.pad;
const bottom = size.top + size.height;
const podLine = bottom + 14;
const networkEnd = bottom + 28;
const gatewayLine = networkEnd + 22;

interface Placed extends ClusterRecord {
  x: number;
  middle: number;
}

/**
 * The clusters of a mesh in their networks. Above them is the line by which istiods read API servers. Below them are
 * the lines of calls: from pod to pod within a network, and through the east-west gateways between networks. What a
 * finding names is red.
 */
export function topologyPicture(topology: TopologyRecord): Markup | undefined {
  const { clusters = [], name } = topology;
  if (clusters.length === 0) return undefined;
  const networks = [...new Set(clusters.map(({ network }) => network))];
  const placed = networks
    .flatMap((network) => clusters.filter((cluster) => cluster.network === network))
    .map((cluster, i): Placed => {
      const x = size.gap + i * (size.box + size.gap);
      return { ...cluster, x, middle: x + size.box / 2 };
    });
  const broken = brokenParts(topology);
  const width = size.gap + placed.length * (size.box + size.gap);
  const height = (networks.length > 1 ? gatewayLine + 26 : networkEnd) + 6;
  const id = anchor('picture', name);
  return html`<svg
    class="topology"
    viewBox="0 0 ${width} ${height}"
    width="${width}"
    height="${height}"
    role="img"
    aria-labelledby="${id}-title ${id}-about"
  >
    <title id="${id}-title">The mesh of ${name}</title>
    <desc id="${id}-about">${inWords(clusters, broken)}</desc>
    ${networks.map((network) =>
      networkBox(
        network,
        placed.filter((cluster) => cluster.network === network),
      ),
    )}
    ${placed.length > 1 && controlLine(placed, broken)}
    ${networks.map((network) =>
      podsLine(
        placed.filter((cluster) => cluster.network === network),
        broken,
      ),
    )}
    ${networks.length > 1 && gatewaysLine(placed, broken)}
    ${placed.map((cluster) => clusterBox(cluster, topology, broken))}
  </svg>`;
}

function networkBox(network: string, clusters: readonly Placed[]): Markup {
  const from = clusters[0]!.x - 10;
  const to = clusters.at(-1)!.x + size.box + 10;
  return html`<rect
      class="p-network"
      x="${from}"
      y="34"
      width="${to - from}"
      height="${networkEnd - 34}"
      rx="10"
    /><text class="p-soft" x="${from + 12}" y="53">${network}</text>`;
}

function clusterBox(cluster: Placed, { controlPlanes = [] }: TopologyRecord, broken: BrokenParts): Markup {
  const { name, role, region, zone, x, versions, primary, eastWestGateway } = cluster;
  const own = controlPlanes.filter((plane) => plane.cluster === name && plane.servedBy === undefined);
  // the box has room for one revision
  const istiods = own.map(({ version, revision }) =>
    revision === 'default' || own.length > 1 ? version : `${version} ${revision}`,
  );
  const istiod = role === 'primary' ? `istiod ${[...new Set(istiods)].join(', ')}` : `served by ${primary}`;
  // a zone is often named after its region
  const place = [role, zone.startsWith(region) ? zone : `${region} · ${zone}`].join(' · ');
  const pods = ['sleep', ...(versions.length > 0 ? [`helloworld ${versions.join(', ')}`] : [])].join(' · ');
  const isBroken = broken.clusters.has(name);
  return html`<g
    ><rect
      class="p-cluster${isBroken && ' p-broken'}"
      x="${x}"
      y="${size.top}"
      width="${size.box}"
      height="${size.height}"
      rx="8"
    />
    <text class="p-name${isBroken && ' p-red'}" x="${x + size.pad}" y="${size.top + 23}"
      >${name}${isBroken && ' ✗'}</text
    >
    <text class="p-soft" x="${x + size.pad}" y="${size.top + 42}">${fitted(place)}</text>
    ${pill(x, 52, istiod, broken.control.has(name), role === 'remote')}
    ${pill(x, 88, pods, broken.pods.has(name), false)}
    ${eastWestGateway && pill(x, 124, 'east-west gateway', broken.gateways.has(name), false)}</g
  >`;
}

function pill(x: number, y: number, text: string, isBroken: boolean, dashed: boolean): Markup {
  const look = `p-pill${isBroken ? ' p-broken' : ''}${dashed ? ' p-dashed' : ''}`;
  const top = size.top + y;
  return html`<rect class="${look}" x="${x + size.pad}" y="${top}" width="${inner}" height="29" rx="6" /><text
      class="p-text${isBroken && ' p-red'}"
      x="${x + size.pad + 10}"
      y="${top + 20}"
      >${fitted(isBroken ? `✗ ${text}` : text)}</text
    >`;
}

/** By it istiods read the API servers of the other clusters, and remotes reach their istiod. */
function controlLine(placed: readonly Placed[], broken: BrokenParts): Markup {
  const label = 'control: istiods read the API servers';
  return html`${bus(placed, 16, size.top, 'p-control', (name) => broken.control.has(name), broken.links.control)}<text
      class="p-label"
      x="${placed[0]!.middle + 8}"
      y="11"
      >${label}</text
    >`;
}

function podsLine(placed: readonly Placed[], broken: BrokenParts): Markup | undefined {
  if (placed.length < 2) return undefined;
  return bus(placed, podLine, bottom, 'p-calls', (name) => broken.pods.has(name), broken.links.calls);
}

function gatewaysLine(placed: readonly Placed[], broken: BrokenParts): Markup {
  const ends = placed.filter(({ eastWestGateway }) => eastWestGateway);
  if (ends.length === 0) return html``;
  const label = 'calls between networks: mutual TLS, port 15443';
  return html`${bus(ends, gatewayLine, bottom, 'p-calls', (name) => broken.gateways.has(name), broken.links.calls)}<text
      class="p-label"
      x="${ends[0]!.middle + 8}"
      y="${gatewayLine + 17}"
      >${label}</text
    >`;
}

/** A line at `y` that all clusters are connected to, each at its `edge`; the way between two of which one is broken is red. */
function bus(
  ends: readonly Placed[],
  y: number,
  edge: number,
  look: string,
  isBroken: (name: string) => boolean,
  links: readonly (readonly [string, string])[],
): Markup {
  const at = (name: string) => ends.find((one) => one.name === name);
  const red = links.flatMap(([from, to]) => {
    const [a, b] = [at(from), at(to)];
    return a && b
      ? [
          html`<path
              class="p-way p-bad"
              d="M${a.middle} ${edge}V${y}H${b.middle}V${edge}"
            />${cross((a.middle + b.middle) / 2, y)}`,
        ]
      : [];
  });
  const alone = ends
    .filter(({ name }) => isBroken(name) && !links.some((link) => link.includes(name)))
    .map(
      ({ middle }) => html`<path class="p-way p-bad" d="M${middle} ${edge}V${y}" />${cross(middle, (edge + y) / 2)}`,
    );
  const stems = ends.map(({ middle }) => `M${middle} ${edge}V${y}`).join('');
  return html`<path class="p-way ${look}" d="M${ends[0]!.middle} ${y}H${ends.at(-1)!.middle}${stems}" />${red}${alone}`;
}

function cross(x: number, y: number): Markup {
  return html`<circle class="p-cross" cx="${x}" cy="${y}" r="9" /><path
      class="p-crossed"
      d="M${x - 4} ${y - 4}l8 8m0-8l-8 8"
    />`;
}

/** At most as long as a box is wide. */
function fitted(text: string): string {
  return text.length > 29 ? `${text.slice(0, 28)}…` : text;
}

function inWords(clusters: readonly ClusterRecord[], broken: BrokenParts): string {
  const each = clusters.map(({ name, network, role, primary, region, zone, versions, eastWestGateway }) => {
    const served = primary ? ` served by ${primary}` : '';
    const runs = versions.length > 0 ? `, helloworld ${versions.join(' and ')}` : '';
    return `${name} in ${network}: ${role}${served}, ${region} ${zone}${runs}${eastWestGateway ? ', east-west gateway' : ''}.`;
  });
  return [...each, ...broken.words].join(' ');
}
