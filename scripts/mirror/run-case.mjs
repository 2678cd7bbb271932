// Runs meshproof as a user of `public` would, and compares how it ends with what was expected.
import { $ } from 'zx';

/** Runs a failure case on a machine without kind, kubectl and istioctl; prints the outcome, returns whether it was right. */
export async function runCase(workspace, { name, args, exit, words, more, seconds = 30 }) {
  const env = workspace.env({ cache: `cache-${name}`, path: await workspace.barePath(), more });
  const { exitCode, stderr, took } = await meshproof(env, args);
  const wrong = [];
  if (exitCode !== exit) wrong.push(`exit code ${exitCode}, expected ${exit}`);
  if (took > seconds) wrong.push(`took longer than ${seconds} s`);
  if (!words.test(stderr)) wrong.push(`lacks ${words}`);
  const said = stderr.slice(Math.max(0, stderr.lastIndexOf('meshproof:')));
  return report(name, { exitCode, took, wrong, text: wrong.length > 0 ? stderr : said });
}

/** Runs a job that must be green, with programs downloaded and images pulled; prints the outcome, returns whether it was right. */
export async function runJob(workspace, name, args) {
  const env = workspace.env({ cache: 'cache', path: await workspace.barePath() });
  const { exitCode, stdout, stderr, took } = await meshproof(env, args);
  const wrong = exitCode === 0 ? [] : [`exit code ${exitCode}, expected 0`];
  return report(name, { exitCode, took, wrong, text: wrong.length > 0 ? `${stderr}\n${stdout}` : stdout });
}

async function meshproof(env, args) {
  const start = Date.now();
  const { exitCode, stdout, stderr } = await $({ nothrow: true, env })`./meshproof ${args}`;
  return { exitCode, stdout, stderr, took: (Date.now() - start) / 1000 };
}

function report(name, { exitCode, took, wrong, text }) {
  console.log(`${wrong.length === 0 ? 'ok   ' : 'WRONG'} ${name}: exit ${exitCode} after ${took.toFixed(1)} s`);
  console.log([...wrong, text].join('\n').trimEnd().replace(/^/gm, '      | '));
  return wrong.length === 0;
}
