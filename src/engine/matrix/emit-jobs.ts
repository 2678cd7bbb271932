import { readFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import type { MatrixPlan } from '../../record/matrix/matrix-plan.js';
import type { OpenMatrix } from './run-matrix.js';

export const systems = ['github', 'gitlab', 'kubernetes'] as const;
export type System = (typeof systems)[number];

const plain = { lineWidth: 0, aliasDuplicateObjects: false };
/** kubectl reads YAML 1.1, in which an unquoted date is not a string. */
const kubectl = { ...plain, version: '1.1' as const };

/** What runs every cell of a matrix as a job of its own, on another system, as YAML. */
export function emitJobs(system: System, matrix: OpenMatrix): string {
  return { github, gitlab, kubernetes }[system](matrix);
}

/** GitHub takes no more jobs of one matrix. */
const githubLimit = 256;

function github({ plan }: OpenMatrix): string {
  if (plan.cells.length > githubLimit)
    throw new MeshproofError(
      `GitHub allows at most ${githubLimit} jobs in one matrix, but this one has ${plan.cells.length}`,
      exitCode.usage,
      {
        where: plan.file,
        remedy: 'split it into several matrices',
      },
    );
  const night = '${{ github.run_id }}';
  const root = `matrix/${plan.name}/${night}`;
  const cell = '${{ matrix.cell }}';
  const setup = [
    { uses: 'actions/checkout@v7' },
    { uses: 'actions/setup-node@v7', with: { 'node-version-file': '.nvmrc', cache: 'npm' } },
  ];
  const workflow = {
    name: `matrix ${plan.name}`,
    on: { workflow_dispatch: null, schedule: [{ cron: '17 3 * * *' }] },
    permissions: { contents: 'read' },
    jobs: {
      prove: {
        name: cell,
        'runs-on': 'ubuntu-latest',
        'timeout-minutes': 60,
        strategy: { 'fail-fast': false, matrix: { cell: plan.cells.map(({ id }) => id) } },
        steps: [
          ...setup,
          { run: `./meshproof matrix ${plan.file} --night ${night} --cell ${cell}` },
          {
            if: 'always()',
            uses: 'actions/upload-artifact@v7',
            with: { name: cell, path: `${root}/cells/${cell}`, 'include-hidden-files': false },
          },
          { if: 'always()', run: './meshproof gc --all' },
        ],
      },
      merge: {
        needs: 'prove',
        if: 'always()',
        'runs-on': 'ubuntu-latest',
        steps: [
          ...setup,
          // a job that has died has left no artifact: the plan says that it is missing
          { run: `./meshproof matrix ${plan.file} --night ${night} --plan` },
          { uses: 'actions/download-artifact@v7', with: { path: `${root}/cells` } },
          { run: `./meshproof merge ${root}` },
          { if: 'always()', uses: 'actions/upload-artifact@v7', with: { name: `merged-${plan.name}`, path: root } },
        ],
      },
    },
  };
  return header(plan, '.github/workflows/') + stringify(workflow, { ...plain, nullStr: '' });
}

function gitlab({ plan }: OpenMatrix): string {
  const night = '$CI_PIPELINE_ID';
  const root = `matrix/${plan.name}/${night}`;
  const pipeline = {
    stages: ['prove', 'merge'],
    prove: {
      stage: 'prove',
      tags: ['shell', 'docker'],
      timeout: '60 minutes',
      parallel: { matrix: [{ CELL: plan.cells.map(({ id }) => id) }] },
      variables: { MESHPROOF_STATE_DIR: '$CI_BUILDS_DIR/meshproof-state-$CI_CONCURRENT_ID' },
      before_script: ['./meshproof gc --all'],
      script: [`./meshproof matrix ${plan.file} --night "${night}" --cell "$CELL"`],
      after_script: ['./meshproof gc --all'],
      artifacts: { when: 'always', expire_in: '2 weeks', paths: [`${root}/cells/$CELL/`] },
    },
    merge: {
      stage: 'merge',
      tags: ['shell'],
      when: 'always',
      script: [`./meshproof matrix ${plan.file} --night "${night}" --plan`, `./meshproof merge "${root}"`],
      artifacts: { when: 'always', paths: [`${root}/`], reports: { junit: `${root}/merged/junit.xml` } },
    },
  };
  return header(plan, 'a GitLab pipeline') + stringify(pipeline, plain);
}

/** Exit codes that say something about the mesh or about the files: trying again would say the same. */
const verdictCodes = [exitCode.failed, exitCode.usage, exitCode.flaky, exitCode.gate];

/**
 * An Indexed Job: an index that ends with a verdict is never tried again; one whose mesh could not be built is tried as often as the matrix
 * says; a pod that a drain or an eviction has ended does not count.
 */
function kubernetes({ plan, matrix }: OpenMatrix): string {
  const name = `meshproof-${plan.name}`
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 50);
  const labels = { 'app.kubernetes.io/name': 'meshproof', 'meshproof.dev/matrix': plan.name };
  const files = { 'matrix.yaml': readFileSync(plan.file, 'utf8') };
  const config = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels },
    data: { ...files, ...topologyFiles(matrix) },
  };
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels },
    spec: {
      completionMode: 'Indexed',
      completions: plan.cells.length,
      parallelism: Math.min(matrix.parallel, plan.cells.length),
      backoffLimitPerIndex: plan.attempts - 1,
      podFailurePolicy: {
        rules: [
          { action: 'FailIndex', onExitCodes: { containerName: 'meshproof', operator: 'In', values: verdictCodes } },
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] },
        ],
      },
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          // a cell that is interrupted removes its mesh
          terminationGracePeriodSeconds: 300,
          containers: [
            {
              name: 'meshproof',
              image: 'meshproof',
              args: [
                'matrix',
                '/matrix/matrix.yaml',
                '--folder',
                '/results',
                '--night',
                plan.night,
                // the Job itself tries again
                '--attempts',
                '1',
                '--cell',
                '$(JOB_COMPLETION_INDEX)',
              ],
              env: [
                { name: 'KUBECONFIG', value: '/kubeconfig/config' },
                { name: 'MESHPROOF_STATE_DIR', value: '/tmp/meshproof' },
              ],
              volumeMounts: [
                { name: 'matrix', mountPath: '/matrix' },
                { name: 'kubeconfig', mountPath: '/kubeconfig', readOnly: true },
                { name: 'results', mountPath: '/results' },
              ],
            },
          ],
          volumes: [
            { name: 'matrix', configMap: { name } },
            { name: 'kubeconfig', secret: { secretName: 'meshproof-kubeconfig' } },
            { name: 'results', persistentVolumeClaim: { claimName: 'meshproof-results' } },
          ],
        },
      },
    },
  };
  const cells = plan.cells.map(({ index, id }) => `#   ${index}  ${id}\n`).join('');
  const needs = [
    '# Before use: replace the image "meshproof" with yours; create a Secret meshproof-kubeconfig with a key "config"; create a claim',
    '# meshproof-results for the cells. The "config" holds the contexts of "existing" topologies. Afterwards: meshproof merge.',
  ];
  return `${header(plan, 'kubectl apply -f')}${needs.join('\n')}\n# Indexes:\n${cells}${stringify(config, kubectl)}---\n${stringify(job, kubectl)}`;
}

/** Topologies that are files of the user's beside the matrix; meshproof's own are in its image. */
function topologyFiles({ topologies }: OpenMatrix['matrix']): Record<string, string> {
  const own = topologies.filter(({ provider }) => provider === 'existing');
  return Object.fromEntries(own.map(({ path: file }) => [path.basename(file), readFileSync(file, 'utf8')]));
}

function header({ file }: MatrixPlan, place: string): string {
  return `# Made of ${file} by \`meshproof matrix ${file} --emit\`, for ${place}; make it again when the file changes.\n`;
}
