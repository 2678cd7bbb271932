import { formatDuration } from '../kernel/text.js';
import type { Collected } from './ask.js';

/** Each question and its outcome, by place. An evidence folder without answers says so here. */
export function collectedList(files: readonly Collected[], notes: readonly string[]): string {
  const places = [...new Set(files.map(({ cluster }) => cluster))];
  const answered = files.filter(({ state }) => state === 'answered').length;
  const first =
    files.length === 0
      ? 'nothing was collected'
      : `${files.length} ${files.length === 1 ? 'question' : 'questions'}, ${answered} answered`;
  const blocks = places.flatMap((place) => {
    const own = files.filter(({ cluster }) => cluster === place);
    return ['', place, ...own.map(line)];
  });
  return [first, ...notes, ...blocks].join('\n');
}

function line({ path, state, bytes, took, why }: Collected): string {
  const name = path
    .split('/')
    .at(-1)!
    .replace(/\.txt$/, '');
  const size = `${(bytes / 1024).toFixed(1)} KiB`;
  const told = `  ${state.padEnd(9)}  ${name.padEnd(28)}  ${size.padStart(12)}  ${formatDuration(took).padStart(8)}`;
  return why === undefined ? told : `${told}  ${why}`;
}
