import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { nearest } from '../kernel/nearest-word.js';
import { asShown } from '../kernel/project-files.js';
import type { ComparedRecord } from '../record/comparison/compared-record.js';
import { readConfigurations } from '../record/comparison/configuration-file.js';
import { readRecordFile, recordFile } from '../record/result-files.js';
import { reportsFolder } from './report-paths.js';

/**
 * The records that a word means: a run id, the folder of a report, a `result.json`, or a folder with reports in it, which means all of
 * them. Throws (exit 2) where there is none.
 */
export async function findRecords(word: string): Promise<ComparedRecord[]> {
  return Promise.all(filesOf(word).map(readCompared));
}

/** The records of several words; a record that two of them mean is there once. */
export async function findAllRecords(words: readonly string[]): Promise<ComparedRecord[]> {
  const files = words.flatMap(filesOf).map((file) => path.resolve(file));
  return Promise.all([...new Set(files)].map(readCompared));
}

async function readCompared(file: string): Promise<ComparedRecord> {
  const record = await readRecordFile(file);
  const folder = path.dirname(file);
  return { record, path: asShown(folder), configurations: await readConfigurations(folder, record) };
}

function filesOf(word: string): string[] {
  const root = reportsFolder();
  const place = [word, path.join(root, word)].find((one) => existsSync(one));
  if (place === undefined) throw noReport(word, root);
  if (statSync(place).isFile()) return [place];
  const own = path.join(place, recordFile);
  if (existsSync(own)) return [own];
  const files = readdirSync(place)
    .sort()
    .map((name) => path.join(place, name, recordFile))
    .filter((file) => existsSync(file));
  if (files.length === 0) throw noReport(word, root);
  return files;
}

function noReport(word: string, root: string): MeshproofError {
  const ids = existsSync(root) ? readdirSync(root).filter((id) => existsSync(path.join(root, id, recordFile))) : [];
  const suggestion = nearest(word, ids);
  return new MeshproofError(`no report is called ${word}`, exitCode.usage, {
    expected: `a run id of ${asShown(root)}, the folder of a report, a ${recordFile}, or a folder with reports in it`,
    remedy: suggestion ? `did you mean ${suggestion}?` : 'use the report folder that a run has printed',
  });
}
