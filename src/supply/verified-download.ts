import path from 'node:path';
import { download, DownloadError, downloadText, type DownloadLimits } from './download.js';

/**
 * Downloads a file and verifies it by `sha256`: 64 hex digits, or the address of a checksum file. Without one the file is taken as
 * it comes. `title` is what it is called while it is under way. Throws DownloadError.
 */
export async function downloadVerified(
  url: string,
  file: string,
  title: string,
  sha256: string | undefined,
  limits?: DownloadLimits,
): Promise<void> {
  const fileName = path.posix.basename(new URL(url).pathname);
  const expected = sha256 === undefined ? undefined : await expectedChecksum(sha256, fileName, limits);
  const actual = await download(url, file, title, limits);
  if (expected === undefined || actual === expected) return;
  throw new DownloadError(`${url} is corrupted or not the pinned file: its sha256 is ${actual}, expected ${expected}`);
}

/** The expected sha256: given as such, or read from a checksum file (`<hex>  <file>` a line, or the hex digits alone). */
async function expectedChecksum(given: string, fileName: string, limits?: DownloadLimits): Promise<string> {
  if (/^[0-9a-f]{64}$/i.test(given)) return given.toLowerCase();
  const lines = (await downloadText(given, limits)).split('\n').map((line) => line.trim().split(/\s+\*?/));
  const line =
    lines.find(([, name]) => name === fileName) ?? (lines.filter(([hex]) => hex).length === 1 ? lines[0] : []);
  const hex = line?.[0] ?? '';
  if (!/^[0-9a-f]{64}$/i.test(hex)) throw new DownloadError(`${given} contains no sha256 of ${fileName}`);
  return hex.toLowerCase();
}
