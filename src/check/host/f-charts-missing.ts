import { exitCode } from '../../kernel/errors.js';
import { defineHostCheck } from '../host-view.js';

export default defineHostCheck({
  id: 'F-CHARTS-MISSING',
  title: 'the charts of an Istio version are not usable',
  code: exitCode.environment,
  ask: ({ charts }) =>
    charts.map(({ source: { from, version }, error }) => ({
      name: `charts of Istio ${version}`,
      ok: error === undefined,
      found: error?.message ?? 'there',
      expected: from,
      remedy: error?.remedy ?? '',
      level: 'error' as const,
    })),
});
