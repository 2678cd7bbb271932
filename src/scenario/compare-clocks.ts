/** How far another clock is ahead of this machine's; the least of three tries is as exact as it can be. */
export async function compareClocks(ask: () => Promise<number>): Promise<{ offsetMs: number; unsureMs: number }> {
  const tries: { offset: number; unsure: number }[] = [];
  for (let i = 0; i < 3; i++) {
    const before = Date.now();
    const theirs = await ask();
    const after = Date.now();
    tries.push({ offset: theirs - (before + after) / 2, unsure: (after - before) / 2 });
  }
  const best = tries.sort((a, b) => a.unsure - b.unsure)[0]!;
  // a difference within the uncertainty is none
  const offsetMs = Math.abs(best.offset) <= best.unsure ? 0 : Math.round(best.offset);
  return { offsetMs, unsureMs: Math.round(best.unsure) };
}
