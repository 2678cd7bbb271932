/**
 * How many things a part of `npm test` proved and how many it did not; `lines` name the latter. A part that ends
 * without an error but proved nothing has failed: a test that cannot fail is a defect.
 * @typedef {{ passed: number, failed: number, lines: string[] }} Counts
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
    ...own.flatMap(({ problem }) => (problem ? [`${topology} could not be built or proven: ${problem.message}`] : [])),
  ];
  if (proven.length === 0 && bad.length === 0) bad.push(`no behaviour of ${topology} was proven`);
  return counts(proven.length, bad);
}

function counts(passed, lines) {
  return { passed, failed: lines.length, lines };
}
