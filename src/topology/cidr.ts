import ipaddr from 'ipaddr.js';

/** A block of IPv4 addresses, both ends included, as unsigned 32-bit numbers. */
export interface AddressRange {
  first: number;
  last: number;
}

const fourParts = /^\d{1,3}(\.\d{1,3}){3}$/;
/** Kinds of address (ipaddr.js's names) that no node, pod or service can have. */
const unusable = ['unspecified', 'broadcast', 'multicast', 'linkLocal', 'loopback', 'reserved'];

/** An address written as a.b.c.d; undefined when it is none. ipaddr.js alone takes `10`, `0x0a.1` and octal as well. */
export function parseAddress(text: string): number | undefined {
  if (!fourParts.test(text) || !ipaddr.IPv4.isValidFourPartDecimal(text)) return undefined;
  return ipaddr.IPv4.parse(text)
    .toByteArray()
    .reduce((number, byte) => number * 256 + byte, 0);
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** Size of a prefix: 2^(32 - bits) addresses. */
function size(bits: number): number {
  return 2 ** (32 - bits);
}

/** The addresses of a CIDR that `cidrProblem` has nothing against. */
export function cidrRange(cidr: string): AddressRange {
  const [address, bits] = ipaddr.IPv4.parseCIDR(cidr);
  const first = parseAddress(address.toString())!;
  return { first, last: first + size(bits) - 1 };
}

export function prefixLength(cidr: string): number {
  return Number(cidr.split('/')[1]);
}

/** Why `text` is no CIDR that machines can use, with what is allowed after `; allowed: `; undefined when it is one. */
export function cidrProblem(text: string, shortest: number, longest: number): string | undefined {
  const allowed = `; allowed: an IPv4 block a.b.c.d/n, n from ${shortest} to ${longest}`;
  const [address = '', bits = '', ...rest] = text.split('/');
  const number = parseAddress(address);
  if (number === undefined || !/^\d{1,2}$/.test(bits) || Number(bits) > 32 || rest.length > 0)
    return `is not an IPv4 CIDR${allowed}`;
  const n = Number(bits);
  if (n < shortest || n > longest) return `has a prefix of ${n} bits${allowed}`;
  const first = number - (number % size(n));
  if (first !== number) return `has host bits set; allowed: ${formatAddress(first)}/${n}, the block that contains it`;
  if (unusable.includes(ipaddr.IPv4.parse(address).range())) return `is not a block for machine addresses${allowed}`;
  return undefined;
}

/** The range that `first-last` or a CIDR stands for; undefined when it is neither or runs backwards. */
export function parseRange(text: string): AddressRange | undefined {
  if (text.includes('/')) return cidrProblem(text, 1, 32) === undefined ? cidrRange(text) : undefined;
  const [first, last, ...rest] = text.split('-').map((part) => parseAddress(part.trim()));
  if (first === undefined || last === undefined || rest.length > 0 || last < first) return undefined;
  return { first, last };
}

export function overlaps(a: AddressRange, b: AddressRange): boolean {
  return a.first <= b.last && b.first <= a.last;
}

export function contains(outer: AddressRange, inner: AddressRange): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

/** The blocks of `bits` that `pool` is cut into, in order. */
export function* blocks(pool: string, bits: number): Generator<string> {
  const { first, last } = cidrRange(pool);
  for (let address = first; address + size(bits) - 1 <= last; address += size(bits))
    yield `${formatAddress(address)}/${bits}`;
}
