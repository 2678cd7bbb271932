import path from 'node:path';
import { stripAnsi } from '../../kernel/text.js';

/** A behaviour as its spec describes it. */
export interface Listed {
  /** Stable, e.g. LB-1. */
  id: string;
  title: string;
  /** Folder of its spec. */
  area: string;
  /** Features that a topology must have, as `requires` names them; none: it applies to every topology. */
  requires: string[];
  /** Without the `@`. */
  tags: string[];
  /** Path of the spec's source. */
  file: string;
}

interface Annotation {
  type: string;
  description?: string;
}

interface Listing {
  config: { rootDir: string };
  errors?: { message?: string; location?: { file: string; line: number; column: number } }[];
  suites: { file: string; specs: { title: string; tags: string[]; tests: { annotations: Annotation[] }[] }[] }[];
}

/**
 * Reads Playwright's JSON listing of specs, with paths relative to `root`; several tests of one file are one behaviour. `problem`
 * is why Playwright could not list them all.
 */
export function readListing(text: string, root: string): { entries: Listed[]; problem?: string } {
  let listing: Listing;
  try {
    listing = JSON.parse(text) as Listing;
  } catch {
    return { entries: [] };
  }
  const entries = listing.suites.map(({ file, specs }) => {
    const source = path.resolve(listing.config.rootDir, file);
    const annotations = specs.flatMap(({ tests }) => tests[0]?.annotations ?? []);
    return {
      id: path.basename(source).replace(/\.spec\.[cm]?[jt]s$/, ''),
      title: specs.map(({ title }) => title).join('; '),
      area: path.basename(path.dirname(source)),
      requires: unique(
        annotations.filter(({ type }) => type === 'requires').map(({ description = '' }) => description),
      ),
      tags: unique(specs.flatMap(({ tags }) => tags.map((tag) => tag.replace(/^@/, '')))),
      file: path.relative(root, source),
    };
  });
  const [error] = listing.errors ?? [];
  if (!error) return { entries };
  const { file, line, column } = error.location ?? {};
  const message = stripAnsi(error.message ?? 'an error without a message');
  return { entries, problem: file === undefined ? message : `${file}:${line}:${column}: ${message}` };
}

const unique = (words: string[]): string[] => [...new Set(words)];
