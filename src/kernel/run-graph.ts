import { currentSignal, failTogether } from './cancellation.js';

/** A piece of work, and the ids of those that must have ended before it begins. */
export interface GraphStep {
  id: string;
  after: readonly string[];
}

/** A step that has ended, and what it brought. */
export interface EndedStep<Step, Result> {
  step: Step;
  result: Result;
}

/**
 * Runs every step once, each as soon as all that it comes after has ended; the others go side by side. Yields the steps in the
 * order of their end. What comes after a step begins only when the caller asks for the next one: it has taken note by then. When
 * a step fails, or the caller stops, nothing more begins and what is under way is ended. When all of it has ended, the first
 * failure is thrown.
 */
export async function* runGraph<Step extends GraphStep, Result>(
  steps: readonly Step[],
  work: (step: Step) => Promise<Result>,
): AsyncGenerator<EndedStep<Step, Result>, void> {
  refuseCircles(steps);
  const waiting = new Set(steps);
  const noted = new Set<string>();
  const ended: EndedStep<Step, Result>[] = [];
  const running = new Map<string, Promise<void>>();
  let failure: { error: unknown } | undefined;
  const fail = (error: unknown): void => {
    failure ??= { error };
    failTogether(error);
  };
  const begin = (step: Step): void => {
    waiting.delete(step);
    const done = work(step)
      .then((result) => void ended.push({ step, result }), fail)
      .finally(() => running.delete(step.id));
    running.set(step.id, done);
  };
  try {
    while (!failure && noted.size < steps.length) {
      currentSignal().throwIfAborted();
      for (const step of waiting) if (step.after.every((id) => noted.has(id))) begin(step);
      if (ended.length === 0) await Promise.race(running.values());
      const next = ended.shift();
      if (!next) continue;
      yield next;
      noted.add(next.step.id);
    }
  } catch (error) {
    fail(error);
  } finally {
    if (running.size > 0) fail(new Error('the work was cancelled'));
    await Promise.all(running.values());
  }
  if (failure) throw failure.error;
}

/** Throws where a graph names a step that it has not, has one twice, or leads back to a step: nothing of it may begin then. */
export function refuseCircles(steps: readonly GraphStep[]): void {
  const known = new Map(steps.map((step) => [step.id, step]));
  if (known.size < steps.length) throw new Error('two steps of the graph have the same id');
  const settled = new Set<string>();
  const visit = (id: string, way: readonly string[]): void => {
    if (settled.has(id)) return;
    if (way.includes(id)) throw new Error(`steps wait for each other: ${[...way, id].join(', ')}`);
    const step = known.get(id);
    if (!step) throw new Error(`${way.at(-1)} comes after ${id}, which is not a step of the graph`);
    for (const before of step.after) visit(before, [...way, id]);
    settled.add(id);
  };
  for (const { id } of steps) visit(id, []);
}
