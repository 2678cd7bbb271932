let at = -Infinity;

/** Notes that this process has changed something in a cluster just now, or that a change of it has been carried out. */
export function noteChanged(): void {
  at = Date.now();
}

/** Milliseconds since then; infinite where nothing was changed. */
export function sinceChanged(): number {
  return Date.now() - at;
}
