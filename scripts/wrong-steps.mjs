/** What is wrong with the timings of a topology's record, in words; `steps` are those of its plan. */
export function wrongSteps(timings, steps) {
  const executed = timings.filter(({ id }) => id !== undefined);
  const ids = steps.map(({ id }) => id);
  const times = (id) => executed.filter((timing) => timing.id === id);
  const begin = ({ start }) => start;
  const end = ({ start, duration }) => start + duration;
  return [
    ...ids.filter((id) => times(id).length !== 1).map((id) => `${id} was executed ${times(id).length} times`),
    ...executed.filter(({ id }) => !ids.includes(id)).map(({ id }) => `${id} was executed and is not in the plan`),
    ...steps.flatMap(({ id, after }) =>
      after.flatMap((before) => {
        const [own, other] = [times(id)[0], times(before)[0]];
        return own && other && begin(own) < end(other) ? [`${id} began before the end of ${before}`] : [];
      }),
    ),
  ];
}
