import { expect, describe, test } from 'vitest';
import { MeshproofError } from '../src/kernel/errors.js';
import { parseOwnPath, protocolOf } from '../src/scenario/own-path.js';

const clusters = ['east', 'kubernetes', 'kubernetes-admin@kubernetes', 'arn:aws:eks:eu-1:42:cluster/west', 'a=b'];

/** What is wrong with a path, in words. */
const problem = (text: string): MeshproofError => {
  try {
    parseOwnPath(text, clusters);
  } catch (error) {
    return error as MeshproofError;
  }
  throw new Error(`${text} is a valid path`);
};

describe('a path of the user', () => {
  test('names a cluster that calls, and a service', () => {
    expect(parseOwnPath('east=cart.shop:8080', clusters)).toEqual({
      text: 'east=cart.shop:8080',
      caller: 'east',
      from: 'east',
      called: { name: 'cart', namespace: 'shop', port: 8080, path: '/' },
      http: false,
    });
  });

  test('may name a workload, whose proxy the caller follows, and a path of HTTP', () => {
    expect(parseOwnPath('deploy/web.front@east=shop/cart:8080/health?deep=1', clusters)).toMatchObject({
      caller: 'deploy/web.front@east',
      from: 'east',
      workload: { namespace: 'front', name: 'web' },
      called: { name: 'cart', namespace: 'shop', port: 8080, path: '/health?deep=1' },
    });
    expect(parseOwnPath('web.front@east=http://cart.shop:8080', clusters)).toMatchObject({
      workload: { namespace: 'front', name: 'web' },
      http: true,
    });
  });

  test('knows contexts with every character that a workload or a service may have', () => {
    const admin = parseOwnPath('kubernetes-admin@kubernetes=cart.shop:80', clusters);
    expect(admin).toMatchObject({ from: 'kubernetes-admin@kubernetes' });
    expect(admin).not.toHaveProperty('workload');
    expect(parseOwnPath('web.front@arn:aws:eks:eu-1:42:cluster/west=cart.shop:80', clusters)).toMatchObject({
      from: 'arn:aws:eks:eu-1:42:cluster/west',
      workload: { name: 'web' },
    });
    expect(parseOwnPath('web.front@kubernetes-admin@kubernetes=cart.shop:80', clusters)).toMatchObject({
      from: 'kubernetes-admin@kubernetes',
      workload: { name: 'web' },
    });
    expect(parseOwnPath('a=b=cart.shop:80', clusters)).toMatchObject({ from: 'a=b', called: { name: 'cart' } });
  });

  test.each([
    ['cart.shop:8080', 'cart.shop:8080 is not a valid path'],
    ['east=', 'east= is not a valid path'],
    ['east=cart:8080', 'east=cart:8080 is not a valid path'],
    ['east=cart.shop', 'east=cart.shop is not a valid path'],
    ['east=cart.shop:99999', 'east=cart.shop:99999 is not a valid path'],
  ])('%s is refused with what was expected', (text, message) => {
    const { message: said, code, where, expected, remedy } = problem(text);
    expect(said).toBe(message);
    expect(code).toBe(2);
    expect(where).toBe('--path');
    expect(expected).toContain('service.namespace:port');
    expect(remedy).toContain('east=cart.shop:8080');
  });

  test('of a cluster that is not known is refused with those that are, and the nearest one', () => {
    expect(problem('eats=cart.shop:8080')).toMatchObject({
      message: 'eats is not a cluster of this mesh',
      code: 2,
      where: '--path eats=cart.shop:8080',
      expected: `one of ${clusters.join(', ')}`,
      remedy: 'did you mean east?',
    });
    expect(problem('deploy/web.front@eats=cart.shop:8080').remedy).toBe('did you mean east?');
    expect(problem('web@east=cart.shop:8080')).toMatchObject({
      message: 'web is not a valid workload',
      expected: 'workload.namespace, such as deploy/web.front',
    });
  });

  test('with another scheme than http is refused: the load speaks no other', () => {
    expect(problem('east=https://cart.shop:443')).toMatchObject({
      message: 'the load does not speak https',
      expected: 'a service without a scheme, or http:// in front of it',
    });
  });
});

describe('the protocol of a port', () => {
  test.each([
    [{ name: 'http' }, 'http'],
    [{ name: 'http2-api' }, 'http'],
    [{ name: 'grpc-web' }, 'http'],
    [{ name: 'GRPC' }, 'http'],
    [{ name: 'web', appProtocol: 'kubernetes.io/h2c' }, 'http'],
    [{ name: 'tcp', appProtocol: 'http' }, 'http'],
    [{ name: 'tcp-metrics' }, 'tcp'],
    [{ name: 'redis' }, 'tcp'],
    [{ appProtocol: 'mysql' }, 'tcp'],
  ])('%j is %s, as Istio takes it', (port, protocol) => {
    expect(protocolOf(port)).toEqual({ protocol });
  });

  test('is not known where Istio finds it out from the first bytes, unless the user says http', () => {
    expect(protocolOf({ name: 'web' })).toEqual({ problem: expect.stringContaining('names no protocol') as string });
    expect(protocolOf({})).toEqual({ problem: expect.stringContaining('names no protocol') as string });
    expect(protocolOf({ name: 'web' }, true)).toEqual({ protocol: 'http' });
    expect(protocolOf({ name: 'tcp' }, true)).toEqual({ protocol: 'http' });
  });

  test('is one that the load does not speak', () => {
    expect(protocolOf({ name: 'https' })).toEqual({ problem: 'the load does not speak https' });
    expect(protocolOf({ name: 'tls-x' }, true)).toEqual({ problem: 'the load does not speak tls' });
    expect(protocolOf({ name: 'dns', protocol: 'UDP' }, true)).toEqual({ problem: 'the load does not speak UDP' });
  });
});
