/**
 * The secrets that this process has made or seen, word for word: an archive is searched for them before it counts as
 * finished. Only ever kept in memory.
 */
const known = new Set<string>();

/** Remembers the telling parts of a text: the lines of a key, the value of a token; short words are left out. */
export function rememberSecret(text: string): void {
  for (const line of text.split('\n')) {
    const word = line.trim();
    if (word.length >= 32 && !word.startsWith('-----')) known.add(word);
  }
}

export function knownSecrets(): string[] {
  return [...known];
}
