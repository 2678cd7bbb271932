import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tar from 'tar';

/** An image in a file of `docker save`: its names, and the 64 digits of its id. */
export interface SavedImage {
  names: string[];
  digits: string;
}

/** Writes a file as `docker save` does, as far as names and ids go. */
export function writeSaved(file: string, images: readonly SavedImage[]): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'saved-'));
  const manifest = images.map(({ names, digits }) => ({
    Config: `blobs/sha256/${digits}`,
    RepoTags: names,
    Layers: [],
  }));
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
  tar.create({ file, cwd: folder, sync: true }, ['manifest.json']);
  rmSync(folder, { recursive: true });
}

/** What is in such a file. */
export function readSaved(file: string): SavedImage[] {
  let text = '';
  tar.list({
    file,
    sync: true,
    onReadEntry: (entry) => void entry.on('data', (data) => (text += data.toString())),
  });
  const manifest = JSON.parse(text) as { Config: string; RepoTags: string[] }[];
  return manifest.map(({ Config, RepoTags }) => ({ names: RepoTags, digits: path.basename(Config) }));
}
