import { expect, test } from 'vitest';
import { parseBatch } from '../src/probe/batch.js';
import { headersShown, hostnameShown } from '../src/probe/httpbin.js';

test("reads go-httpbin's answers, and nothing else", () => {
  expect(hostnameShown('{\n  "hostname": "go-httpbin"\n}')).toBe('go-httpbin');
  expect(headersShown('{"headers": {"X-Egress-Gateway": ["10.0.0.1"]}}')).toEqual({ 'X-Egress-Gateway': ['10.0.0.1'] });
  for (const body of ['', 'RBAC: access denied', '{"hostname', '"hostname"', 'null']) {
    expect(hostnameShown(body)).toBeUndefined();
    expect(headersShown(body)).toBeUndefined();
  }
});

test('the name of go-httpbin stands in the place of a version, and where the call came from is known', () => {
  const line =
    'a {"http_code":200,"exitcode":0,"errormsg":null,"time_total":0,"local_ip":"10.0.0.1","local_port":4711}';
  const { calls } = parseBatch(`${line}\n==> a <==\n{\n  "hostname": "go-httpbin"\n}\n==> /dev/null <==\n`, ['a']);
  expect(calls).toMatchObject([{ version: 'go-httpbin', from: '10.0.0.1:4711' }]);
});
