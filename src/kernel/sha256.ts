import { createHash } from 'node:crypto';

/** sha256 of a text or of bytes, as 64 hex digits. */
export function sha256Of(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
