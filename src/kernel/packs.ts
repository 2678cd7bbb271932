import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from './project-files.js';

/** Topologies and behaviours that belong together: meshproof's own, or those of a user's project. */
export interface Pack {
  /** Paths in lists are relative to it. */
  root: string;
  /** Folder of topology files. */
  topologies?: string;
  /** Folder of specs, as Playwright runs them. */
  behaviours?: string;
}

/** meshproof's own; its specs are compiled. */
export const ownPack: Pack = {
  root: projectFolder,
  topologies: join(projectFolder, 'topologies'),
  behaviours: join(projectFolder, 'dist', 'suites'),
};

let added: readonly Pack[] = [];

/** Names the packs beside meshproof's own, once, before anything is read. */
export function usePacks(packs: readonly Pack[]): void {
  added = packs;
}

/** Every pack, meshproof's own first. */
export function allPacks(): readonly Pack[] {
  return [ownPack, ...added];
}

/** Every topology file by its bare name; a user's own goes before one of meshproof's with the same name. */
export function topologyFiles(): Map<string, string> {
  return new Map(
    allPacks().flatMap(({ topologies }) => {
      if (topologies === undefined || !existsSync(topologies)) return [];
      const files = readdirSync(topologies).filter((file) => /\.ya?ml$/.test(file));
      return files.sort().map((file) => [file.replace(/\.ya?ml$/, ''), join(topologies, file)] as const);
    }),
  );
}
