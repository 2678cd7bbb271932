import tseslint from 'typescript-eslint';
import { rooms } from './scripts/rooms.mjs';

/** Forbids the imports of `own` that match `regex`; the last configuration of a file wins. */
function forbid(own, regex, message) {
  return {
    files: [`${own}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex, message }] }] },
  };
}

/** A room may import from those above it in the list, and from no other. */
function boundary(room, i) {
  const later = rooms.slice(i + 1);
  const nested = later.filter((name) => name.startsWith(`${room}/`)).map((name) => name.slice(room.length + 1));
  const inside = nested.length > 0 ? `|^\\./(${nested.join('|')})/` : '';
  const folders = [...later, 'fixtures', 'suites'].join('|');
  return forbid(`src/${room}`, `^(\\.\\./)+(${folders})/${inside}`, `${room} may import only from the rooms above it`);
}

// Words that wait for a length of time instead of a condition, or poll outside `converge`.
const sleeps = [
  {
    selector: "CallExpression[callee.property.name='waitForTimeout']",
    message: 'Wait for a condition (converge), not for a length of time.',
  },
  {
    // new Promise((resolve) => setTimeout(resolve, ...)), in any spelling of the arrow function
    selector: "NewExpression[callee.name='Promise'] CallExpression[callee.name='setTimeout']",
    message: 'A sleep: wait for a condition (converge).',
  },
  {
    selector:
      "ImportDeclaration[source.value=/^(node:)?timers\\/promises$/] ImportSpecifier[imported.name='setTimeout']",
    message: 'A sleep: wait for a condition (converge).',
  },
  {
    selector: "ImportDeclaration[source.value='zx'] ImportSpecifier[imported.name='sleep']",
    message: 'A sleep: wait for a condition (converge).',
  },
];
const polling = [
  {
    selector: "MemberExpression[property.name='toPass']",
    message: 'converge is the only polling primitive: it reports attempts, histogram and the last answer.',
  },
  {
    selector: "MemberExpression[object.name='expect'][property.name='poll']",
    message: 'converge is the only polling primitive: it reports attempts, histogram and the last answer.',
  },
];
const leftOut = [
  {
    selector:
      "MemberExpression[object.name=/^(test|it|describe)$/][property.name=/^(only|skip|fixme)$/], MemberExpression[object.property.name='describe'][property.name=/^(only|skip|fixme)$/]",
    message: 'Not applicable is a verdict of its own (requires), and a test that is left out proves nothing.',
  },
];
const exits = [
  {
    selector: "MemberExpression[object.name='process'][property.name='exit']",
    message: 'Only the CLI ends the process; throw a MeshproofError.',
  },
  {
    selector: "MemberExpression[object.name='process'][property.name=/^(stdout|argv)$/]",
    message: 'Only the CLI prints and reads arguments; return data, or take a progress.',
  },
];
const names = [
  {
    selector:
      "BinaryExpression[operator=/^[!=]==?$/]:matches([left.property.name=/^(topology|topologyName)$/], [left.name=/^(topology|topologyName)$/], [left.object.name='topology'][left.property.name='name'], [left.object.property.name='topology'][left.property.name='name']):matches([right.type='Literal'], [right.type='TemplateLiteral'])",
    message: 'Ask for a feature of the topology (multi-network, primary-remote), never for its name.',
  },
  {
    selector: 'SwitchStatement[discriminant.property.name=/^(topology|topologyName)$/]',
    message: 'Ask for a feature of the topology (multi-network, primary-remote), never for its name.',
  },
];

const yaml = [
  {
    selector: "ImportDeclaration[source.value='yaml'] ImportSpecifier[imported.name='stringify']",
    message: 'Kubernetes and Istio read YAML 1.1, in which a bare yes, no or on is no text: use yamlText.',
  },
];

/** no-restricted-syntax is one rule, and the last configuration of it wins: each group of files names all that it forbids. */
function syntax(files, ...groups) {
  return { files, rules: { 'no-restricted-syntax': ['error', ...groups.flat()] } };
}

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      'dist/',
      'reports/',
      'refused/',
      '.partial-reports/',
      'lab/',
      // files of a user's project, which import the installed package
      'templates/',
    ],
  },
  tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    // only the rules that need types and find real bugs; the whole set would double the time
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', package: 'vitest', name: 'test' }] },
      ],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    rules: {
      'no-console': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
      ],
    },
  },
  ...rooms.map(boundary),
  forbid('fixtures', '^(\\.\\./)+(src/cli|suites)/', 'fixtures may import from every room but cli'),
  {
    files: ['suites/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^(\\.\\./)+src/', message: 'A suite is written in the words of fixtures/ alone.' },
            {
              regex: '^@playwright/test$|^execa$|^zx$|^yaml$|^node:child_process$',
              message: 'A suite is written in the words of fixtures/ alone.',
            },
          ],
        },
      ],
    },
  },
  syntax(['src/**/*.ts'], sleeps, polling, exits, names),
  syntax(['src/{fault,mesh,provider,installer}/**/*.ts'], sleeps, polling, exits, names, yaml),
  syntax(['src/cli/**/*.ts'], sleeps, polling, names),
  syntax(['src/kernel/converge.ts', 'src/kernel/let-time-pass.ts'], polling, exits, names),
  // a program of its own, which runs in pods
  syntax(['src/scenario/load/**/*.ts'], polling, names),
  syntax(['suites/**/*.ts'], sleeps, polling, leftOut, exits, names),
  syntax(['fixtures/**/*.ts'], sleeps, polling, exits, names, yaml),
  // scripts/lock.mjs polls a condition before any library is installed
  { ...syntax(['scripts/**'], sleeps), ignores: ['scripts/lock.mjs'] },
  // unit tests make delays on purpose: servers that stall, work that lasts
  syntax(['test/**/*.ts'], polling, leftOut),
  { files: ['src/cli/**', 'scripts/**'], rules: { 'no-console': 'off' } },
);
