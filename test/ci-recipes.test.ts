import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

interface Matrix {
  topology?: string[];
  istio?: string[];
  TOPOLOGY?: string[];
  ISTIO?: string[];
}
interface Recipe {
  jobs?: { prove: { strategy: { matrix: Matrix } } };
  prove?: { parallel: { matrix: Matrix[] } };
}

// their schemas are checked by hand, as docs/ci.md says
test.each(['github', 'gitlab'])(
  'the recipe for %s proves topologies and versions of Istio that there are',
  (system) => {
    const text = readFileSync(`docs/ci/${system}.yml`, 'utf8');
    const { jobs, prove } = parse(text) as Recipe;
    const [matrix] = prove?.parallel.matrix ?? [jobs!.prove.strategy.matrix];
    const names = matrix!.TOPOLOGY ?? matrix!.topology!;
    const versions = matrix!.ISTIO ?? matrix!.istio!;
    const { istioVersions } = parse(readFileSync('environments/public.yaml', 'utf8')) as { istioVersions: string[] };
    expect(names.length).toBeGreaterThan(1);
    expect(names.filter((name) => !existsSync(`topologies/${name}.yaml`))).toEqual([]);
    expect([...versions].sort()).toEqual(istioVersions);
    expect(text).toContain('Not run here');
  },
);
