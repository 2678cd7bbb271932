/** The words that this process was started with, for leases and reports; a program that uses the engine as a library may have none. */
let words: readonly string[] = [];

/** Says once, before anything is made, how the process was started. */
export function nameInvocation(given: readonly string[]): void {
  words = given;
}

export function invocation(): readonly string[] {
  return words;
}
