/** What the processors of a node have done since it started, in ticks of its kernel. */
export interface ProcessorTimes {
  all: number;
  idle: number;
}

/**
 * Reads the first line of /proc/stat, which is the same in every container of a node: user, nice, system, idle, iowait, irq, softirq
 * and steal (proc(5)). Undefined for another text.
 */
export function readProcessorTimes(text: string): ProcessorTimes | undefined {
  const [name, ...fields] = text.split('\n', 1)[0]!.trim().split(/\s+/);
  // guests are counted in user already
  const times = fields.slice(0, 8).map(Number);
  if (name !== 'cpu' || times.length < 5 || times.some(Number.isNaN)) return undefined;
  return { all: times.reduce((sum, one) => sum + one, 0), idle: times[3]! + times[4]! };
}
