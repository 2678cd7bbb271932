/**
 * How many things a part of `npm test` proved and how many it did not; `lines` name the latter. A part that ends
 * without an error but proved nothing has failed: a test that cannot fail is a defect. `skipped` says why a part could not run on
 * this machine; it counts for nothing.
 * @typedef {{ passed: number, failed: number, lines: string[], skipped?: string }} Counts
 */

/** A program that says everything with its exit code, such as the compiler: one check. @returns {Counts} */
export function countCheck(exit) {
  return exit === 0 ? counts(1, []) : counts(0, [`exit code ${exit}`]);
}

/** Vitest's JSON report, undefined when it wrote none. @returns {Counts} */
export function countUnitTests(report, exit) {
  if (report === undefined) return counts(0, [`no result was written, exit code ${exit}`]);
  const passed = report.numPassedTests;
  const bad = report.testResults.flatMap((file) => {
    const tests = file.assertionResults.filter(({ status }) => status !== 'passed');
    // a file that cannot be loaded has no tests
    if (tests.length === 0 && file.status !== 'passed') return [`${file.name}: ${file.status}`];
    return tests.map(({ fullName, status }) => `${file.name}: ${fullName}: ${status}`);
  });
  if (passed === 0) bad.push('no test passed');
  // such as an error outside every test
  if (exit !== 0 && bad.length === 0) bad.push(`exit code ${exit}`);
  return counts(passed, bad);
}

/**
 * The result.json of a run of `topologies`, undefined when there is none. What does not apply is not counted; what was
 * undetermined, skipped or flaky is not proven, thus failed. @returns {Counts}
 */
export function countBehaviours(record, topologies, exit) {
  if (record === undefined) return counts(0, [`no result.json, exit code ${exit}`]);
  const each = topologies.map((topology) => countTopology(record, topology));
  const passed = each.reduce((sum, one) => sum + one.passed, 0);
  const bad = each.flatMap(({ lines }) => lines);
  // such as a secret in the report
  if (exit !== 0 && bad.length === 0) bad.push(`exit code ${exit}`);
  return counts(passed, bad);
}

function countTopology(record, topology) {
  const own = record.topologies.filter(({ name }) => name === topology);
  const behaviours = own.flatMap((one) => one.behaviours).filter(({ verdict }) => verdict !== 'not-applicable');
  const proven = behaviours.filter(({ verdict, flaky }) => verdict === 'passed' && !flaky);
  const bad = [
    ...behaviours
      .filter((one) => !proven.includes(one))
      .map(({ id, verdict, flaky, reason, failures = [] }) =>
        [`${topology} ${id}: ${flaky ? 'flaky' : verdict}`, reason, ...failures.map(({ message }) => message)]
          .filter(Boolean)
          .join('\n'),
      ),
    ...own.flatMap(({ problem }) => (problem ? [`${topology} could not be built or tested: ${problem.message}`] : [])),
  ];
  if (proven.length === 0 && bad.length === 0) bad.push(`no behaviour of ${topology} was tested`);
  return counts(proven.length, bad);
}

/**
 * What `one-mesh.mjs` prints; undefined when it printed nothing. Each fault that `why` was asked about, each act of the upgrade and
 * each behaviour after it is one, and the load is one. That the machine was too busy for the load is told, and is no failure.
 * @returns {Counts}
 */
export function countOneMesh(result, exit) {
  if (!result?.up) return counts(0, [`no mesh came up, exit code ${exit}`]);
  const { why, upgrade } = result;
  const change = upgrade?.changes?.[0];
  const bad = [];
  if (why) bad.push(...why.wrong.map(({ what, wrong }) => `why, ${what}: ${wrong.join('; ')}`));
  if (why?.rounds !== result.asked) bad.push('not every fault was asked about');
  if (!change) return counts(why?.passed ?? 0, [...bad, 'the upgrade has no record']);
  const acts = change.acts.filter(({ outcome }) => outcome !== 'not-done');
  const held = acts.flatMap(({ id, held = [] }) => held.map((one) => ({ ...one, act: id })));
  const done = acts.filter(({ outcome }) => outcome === 'done');
  bad.push(
    ...acts.filter(({ outcome }) => outcome !== 'done').map(({ id, problem }) => `act ${id}: ${problem}`),
    ...held
      .filter(({ verdict }) => verdict !== 'passed')
      .map(({ act, id, verdict }) => `${id} after ${act}: ${verdict}`),
  );
  const calm = change.verdict === 'within-budget';
  if (!calm && !onlyTooBusy(change)) bad.push(`load: ${change.verdict}: ${change.reasons.join('; ')}`);
  if (held.length === 0) bad.push('no behaviour was tested after an act');
  const passed = why.passed + done.length + held.filter(({ verdict }) => verdict === 'passed').length + (calm ? 1 : 0);
  return counts(passed, bad);
}

/**
 * What `report-measures.mjs --json` prints of so many pages; undefined when it printed nothing. Each thing that a page must be is one.
 * @returns {Counts}
 */
export function countPages(result, pages, exit) {
  if (result?.skipped !== undefined && exit === 0) return { ...counts(0, []), skipped: result.skipped };
  if (result?.pages === undefined) return counts(0, [result?.skipped ?? `no page was measured, exit code ${exit}`]);
  const checks = result.pages.flatMap(({ page, checks }) => checks.map((check) => ({ page, ...check })));
  const bad = checks.filter(({ wrong }) => wrong.length > 0).map(({ page, wrong }) => `${page}: ${wrong.join('; ')}`);
  const passed = checks.length - bad.length;
  const missing = pages - result.pages.length;
  if (missing > 0) bad.push(`${result.pages.length} of ${pages} pages were measured`);
  if (exit !== 0 && bad.length === 0) bad.push(`exit code ${exit}`);
  return counts(passed, bad);
}

/** Whether a change is undetermined, and no path for another reason than calls that started late or were lost beside such calls. */
function onlyTooBusy({ verdict, paths, controlGaps, worse }) {
  const undetermined = paths.filter((path) => path.verdict === 'undetermined');
  const lossy = ({ gaps }) => gaps.some(({ phase, unsure }) => phase === 'baseline' && !unsure);
  return (
    verdict === 'undetermined' &&
    worse.length === 0 &&
    controlGaps.length > 0 &&
    undetermined.length > 0 &&
    paths.every((path) => ['undetermined', 'within-budget'].includes(path.verdict)) &&
    undetermined.every((path) => path.samples > 0 && !lossy(path))
  );
}

function counts(passed, lines) {
  return { passed, failed: lines.length, lines };
}
