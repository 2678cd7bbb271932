import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as tar from 'tar';
import { writeSaved } from './docker-images.js';
import { Harness } from './harness.js';

/** Hex digits. */
export const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

const manifest = 'kind: List\n';

/** index.json of an archive, as far as tests change it. */
export interface Index {
  images: { name: string; id: string }[];
  programs: Record<string, unknown>[];
  [key: string]: unknown;
}

/** Archives of `images save` that are made by hand in the working directory of a harness, and what is needed to use them. */
export class Archives {
  private constructor(readonly harness: Harness) {
    harness.file('metallb.yaml', manifest);
  }

  static async start(): Promise<Archives> {
    return new Archives(await Harness.start());
  }

  /** Path of a file in the working directory. */
  work(...parts: string[]): string {
    return path.join(this.harness.folder('work'), ...parts);
  }

  read(...parts: string[]): string {
    return readFileSync(this.work(...parts), 'utf8');
  }

  /** Puts a kubectl and an istioctl on PATH that `public` can use. */
  programs(): void {
    const { stubs } = this.harness;
    stubs.on('kubectl', ({ args }) => (args[0] === 'version' ? 'Client Version: v1.36.4\n' : undefined));
    stubs.on('istioctl', ({ args }) => (args[0] === 'version' ? 'client version: 1.31.1\n' : undefined));
  }

  /** Writes an environment that is `public` with a MetalLB manifest at hand; returns its path. */
  environment(name: string, lines = ''): string {
    const checked = `metallbManifest: ${this.work('metallb.yaml')}\nmetallbManifestSha256: ${sha256(manifest)}\n`;
    return `./${this.harness.file(`${name}.yaml`, `extends: public\n${checked}${lines}`)}`;
  }

  /** Every file below a folder of the harness, relative to it. */
  below(folder: 'cache' | 'work'): string[] {
    const root = this.harness.folder(folder);
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return files.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))).sort();
  }

  /** Makes an archive by hand, its checksums right; `change` makes something of its index wrong. */
  archive(file: string, change: (index: Index, folder: string) => unknown = () => undefined): string {
    const folder = this.work(`${file}.parts`);
    mkdirSync(folder);
    const part = (name: string, text = name) => {
      writeFileSync(path.join(folder, name), text);
      return { file: name, sha256: sha256(text) };
    };
    const image = { name: 'docker.io/curlimages/curl:8.16.0', id: `sha256:${'1'.repeat(64)}` };
    writeSaved(path.join(folder, 'images.tar'), [{ names: [image.name], digits: '1'.repeat(64) }]);
    const index: Index = {
      version: 1,
      environment: 'public',
      images: [image],
      imagesFile: { file: 'images.tar', sha256: sha256(readFileSync(path.join(folder, 'images.tar'))) },
      programs: [
        { name: 'kubectl', version: '1.36.4', ...part('kubectl') },
        { name: 'istioctl', version: '1.31.1', ...part('istioctl') },
      ],
      manifest: part('metallb.yaml', manifest),
    };
    const instead = change(index, folder);
    writeFileSync(path.join(folder, 'index.json'), JSON.stringify(instead === undefined ? index : instead));
    tar.create({ file: this.work(file), cwd: folder, sync: true }, ['.']);
    return file;
  }
}
