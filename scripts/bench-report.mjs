/** Times of one run in milliseconds, from its start to each of the moments that are compared. */
export function timesOf({ duration, record }) {
  const [topology] = record.topologies;
  const start = Date.parse(record.run.startedAt);
  const ends = topology.behaviours
    // the removal is a behaviour too, but by hand it is not timed
    .filter(({ verdict, area }) => verdict === 'passed' && area !== 'removal')
    .map(({ id, startedAt, durationMs }) => ({ id, end: Date.parse(startedAt) + durationMs - start }));
  const lb1 = ends.find(({ id }) => id === 'LB-1');
  if (!lb1) throw new Error(`run ${record.run.id} did not prove LB-1`);
  return {
    up: topology.provisioningMs,
    lb1: lb1.end,
    proven: Math.max(...ends.map(({ end }) => end)),
    whole: duration,
    behaviours: ends.length,
  };
}

/**
 * Times of one run of several topologies, in milliseconds: until the last behaviour was decided, the removal of each mesh but
 * not that of the clusters included.
 */
export function timesTogether({ duration, record }) {
  const start = Date.parse(record.run.startedAt);
  const behaviours = record.topologies.flatMap((topology) => topology.behaviours);
  const decided = behaviours.filter(({ verdict }) => verdict === 'passed');
  return {
    proven: Math.max(...decided.map(({ startedAt, durationMs }) => Date.parse(startedAt) + durationMs - start)),
    whole: duration,
    behaviours: decided.length,
    overhead: record.run.overheadMs / record.run.durationMs,
    pauses: record.run.pausesMs / record.run.durationMs,
  };
}

/** docs/performance.md: what was measured, and nothing else. */
export function performanceReport({ command, measurements, firstBake, runs = [] }) {
  const { machine, environment, meshproof, run } = measurements[0].own.record;
  const size = `${machine.cpus} CPUs, ${Math.round(machine.memoryBytes / 1024 ** 3)} GiB`;
  return `${[
    '# Performance',
    `Written by \`${command}\` on ${run.startedAt.slice(0, 10)}; a new run of it replaces this page.`,
    table(
      ['what', 'value'],
      [
        ['machine', `${machine.os} ${machine.kernel}, ${size}`],
        [
          'meshproof',
          `${meshproof.version}${meshproof.commit ? ` (${meshproof.commit})` : ''}, Node.js ${machine.node}`,
        ],
        ['environment', `${environment.name}: Kubernetes ${environment.kubernetes}, Istio ${environment.istio}`],
        [
          'programs',
          `docker ${machine.docker}, kind ${machine.kind}, kubectl ${machine.kubectl}, istioctl ${machine.istioctl}`,
        ],
      ],
    ),
    '## By hand and by meshproof',
    'Both sides start with no cluster and run in turns, in one go. Seconds; a ratio is a time of ours divided by the whole time by hand.',
    comparison(measurements),
    `- **by hand**: the lab's \`by-hand TOPOLOGY up\`: clusters one after the other, images, MetalLB, Istio, workloads, and ten requests from each cluster.
- **up**: from the start of the topology until the mesh is up. **LB-1** and **proven**: from the start of the run (preflight included) until LB-1, and the last behaviour, was decided.
- **whole**: the whole command; also its start, the report and the removal of the clusters. The removal by hand is not counted.
- **load**: load average of the last minute when each side began, by hand / meshproof. Work of others on the machine shows here.`,
    ...(runs.length > 0 ? together(measurements, runs) : []),
    '## Node image',
    nodeImage(measurements, firstBake),
    ...steps(measurements),
  ].join('\n\n')}\n`;
}

function comparison(measurements) {
  const rows = measurements.map(({ topology, round, byHand, own }) => {
    const times = timesOf(own);
    return [
      topology,
      round,
      ...[byHand.duration, times.up, times.lb1, times.proven, times.whole].map(seconds),
      times.behaviours,
      (times.lb1 / byHand.duration).toFixed(2),
      (times.proven / byHand.duration).toFixed(2),
      `${byHand.load.toFixed(1)} / ${own.load.toFixed(1)}`,
    ];
  });
  const head = [
    'topology',
    'round',
    'by hand',
    'up',
    'LB-1',
    'proven',
    'whole',
    'behaviours',
    'LB-1 ratio',
    'proven ratio',
    'load',
  ];
  const median = (values) => values.sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
  const medians = [...new Set(measurements.map(({ topology }) => topology))].flatMap((name) => {
    const own = measurements.filter(({ topology }) => topology === name);
    if (own.length < 2) return [];
    const ratio = (time) => median(own.map((m) => timesOf(m.own)[time] / m.byHand.duration)).toFixed(2);
    return [[`${name}, median`, ...Array(7).fill(''), ratio('lb1'), ratio('proven'), '']];
  });
  return table(head, [...rows, ...medians]);
}

/** The by-hand time of each topology once (the first of several rounds), summed up, against one run of all of them. */
function together(measurements, runs) {
  const byHand = measurements
    .filter(({ round }) => round === 1)
    .map((measurement) => measurement.byHand.duration)
    .reduce((sum, duration) => sum + duration, 0);
  const rows = runs.map(({ selected, own }) => {
    const { proven, whole, behaviours, overhead, pauses } = timesTogether(own);
    return [
      selected,
      behaviours,
      ...[byHand, proven, whole].map(seconds),
      (proven / byHand).toFixed(2),
      ...[overhead, pauses].map((share) => `${(share * 100).toFixed(1)} %`),
      own.load.toFixed(1),
    ];
  });
  return [
    '## All topologies in one run',
    'The sum of the times by hand above, against one command for all topologies, on the same clusters one after the other.',
    table(
      ['behaviours', 'passed', 'by hand', 'proven', 'whole', 'proven ratio', 'own overhead', 'pauses', 'load'],
      rows,
    ),
    `- **proven**: from the start of the run to the last verdict: clusters, four installations, every behaviour, and the removal of each mesh (END-1, if selected).
- **own overhead**: the part of the run without a program, request, watch or pause under way.
- **pauses**: the part in which nothing was under way but pauses between two attempts of a poll.`,
  ];
}

function nodeImage(measurements, firstBake) {
  const times = measurements.map(({ own }) =>
    own.record.topologies[0].timings.find(({ step }) => step === 'node image'),
  );
  // reading the ids of the images takes a second or two on a busy machine, a bake ten and more
  const baked = times.some(({ duration }) => duration > 5000);
  const used = `In the runs above the step took ${times.map(({ duration }) => seconds(duration)).join(', ')} s: ${baked ? 'it was baked in one of them' : 'the image was there already'}.`;
  const first = firstBake
    ? `The first bake, in a run of its own before them, took ${seconds(firstBake.duration)} s; it is paid once for each set of images.`
    : 'The first bake was not measured (`--bake` does).';
  return `Every image is put into the node image once. ${used} ${first}`;
}

/** The steps of the last round of each topology. */
function steps(measurements) {
  const last = measurements.filter(({ round }) => round === measurements.at(-1).round);
  return last.flatMap(({ topology, round, own }) => {
    const { timings, behaviours } = own.record.topologies[0];
    const begin = Date.parse(own.record.run.startedAt);
    const proofs = behaviours
      .filter(({ verdict }) => verdict === 'passed')
      .map(({ id, startedAt, durationMs }) => [id, '', seconds(Date.parse(startedAt) - begin), seconds(durationMs)]);
    const built = [...timings]
      .sort((a, b) => a.start - b.start)
      .map(({ step, cluster = '', start, duration }) => [step, cluster, seconds(start), seconds(duration)]);
    return [
      `## Steps of ${topology}`,
      `Round ${round}; seconds. Steps and clusters overlap.`,
      table(['step', 'cluster', 'begins', 'takes'], [...built, ...proofs]),
    ];
  });
}

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function seconds(milliseconds) {
  return (milliseconds / 1000).toFixed(1);
}
