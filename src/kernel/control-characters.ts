/**
 * Control characters but tab and line break, and marks that turn the direction of a text: a terminal obeys them in place of
 * showing them.
 */
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** Offset of the first one in a text, a carriage return before a line feed excepted; -1 where there is none. */
export function firstControl(text: string): number {
  return text.replaceAll('\r\n', ' \n').search(controls);
}

/** A text in which each of them is shown as it would be written: `\x1b`. */
export function showControls(text: string): string {
  return text.replace(new RegExp(controls, 'g'), (character) => {
    const code = character.codePointAt(0)!.toString(16);
    return code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, '0')}`;
  });
}
