import { expect, test } from 'vitest';
import { callerShown, readEcho, seenHeader } from '../src/probe/echo.js';
import { differenceText, shapeDifferences } from '../src/probe/service-shape.js';
import { noResult } from '../src/probe/batch-answers.js';

const answer = (i: number, version: string) => `[${i}] Url=tcp://echo:9090
[${i} body] StatusCode=200
[${i} body] ServiceVersion=${version}
[${i} body] Hostname=${version}-0
`;

test('answers of the echo client are calls with version and pod', () => {
  const calls = readEcho(`${answer(0, 'east')}\n${answer(1, 'west')}\ninfo All 2 requests succeeded`, 2);
  expect(calls.map(({ code, exit, version, instance }) => [code, exit, version, instance])).toEqual([
    [200, 0, 'east', 'east-0'],
    [200, 0, 'west', 'west-0'],
  ]);
});

test('what the server saw of a request is read from its answer', () => {
  const call = {
    id: '1',
    code: 200,
    exit: 0,
    ms: 1,
    body: 'Host=echo\nRequestHeader=X-Envoy-Attempt-Count:3\nHostname=a',
  };
  expect(seenHeader(call, 'X-Envoy-Attempt-Count')).toBe('3');
  expect(seenHeader(call, 'X-Other')).toBeUndefined();
});

test('failed calls are counted with the first reason; of the others nothing is claimed', () => {
  const calls = readEcho('2026 fatal Error 2/3 requests had errors; first error: dial tcp: no such host', 3);
  expect(calls.map(({ exit }) => exit)).toEqual([1, 1, noResult]);
  expect(calls[0]!.error).toBe('dial tcp: no such host');
});

test('output that is none of the client is no result', () => {
  expect(readEcho('sh: client: not found', 2).every(({ exit }) => exit === noResult)).toBe(true);
});

test('what keeps Services from merging is named', () => {
  const shape = (ports: Record<string, string>, app = 'a') => ({ ports, selector: { app } });
  const differ = (there?: ReturnType<typeof shape>) =>
    shapeDifferences(shape({ 80: 'http' }), there).map((difference) => differenceText(difference, 'west'));
  expect(differ(shape({ 80: 'http' }))).toEqual([]);
  expect(differ(shape({ 80: 'web' }))).toEqual(['port 80 is named web in west, http here']);
  expect(differ(shape({ 81: 'http' }))).toEqual(['port 80 is here, not in west', 'port 81 is in west, not here']);
  expect(differ(shape({ 80: 'http' }, 'b'))).toEqual(['the selector is app=b in west, app=a here']);
  expect(differ(undefined)).toEqual(['the service is missing in west']);
});

test('the identity of a caller is read from what the server was shown', () => {
  const xfcc = `By=spiffe://cluster.local/ns/a/sa/default;Hash=12ab;Subject="";URI=spiffe://cluster.local/ns/a/sa/sleep`;
  const body = `RequestHeader=Accept:*/*\nRequestHeader=X-Forwarded-Client-Cert:${xfcc}\nHostname=echo-0`;
  expect(callerShown({ body })).toBe('spiffe://cluster.local/ns/a/sa/sleep');
  expect(callerShown({ body: 'RequestHeader=Accept:*/*' })).toBeUndefined();
});
