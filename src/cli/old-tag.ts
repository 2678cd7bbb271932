import { readCatalogue } from '../engine/behaviour-catalogue.js';
import type { GlobalOptions } from './global-options.js';
import type { ProgressDisplay } from './progress-display.js';
import type { Filters } from '../engine/selection.js';

/**
 * `--tag` selected behaviours up to version 0.1, and is the tag of Istio's images now. Where it names tags of behaviours, it
 * is understood as before for one more release, and the user is told the new name.
 */
export async function withoutOldTag<Options extends GlobalOptions & Filters>(
  options: Options,
  progress: ProgressDisplay,
): Promise<Options> {
  const { tag } = options;
  if (tag === undefined) return options;
  const known = (await readCatalogue()).flatMap(({ tags }) => tags);
  const words = tag.split(',').map((word) => word.trim().replace(/^@/, ''));
  if (!words.every((word) => known.includes(word))) return options;
  progress.note(`--tag ${tag}: use --tagged to select behaviours; --tag is the tag of Istio's images`);
  return { ...options, tag: undefined, tagged: [...(options.tagged ?? []), ...words] };
}
