import { createHash } from 'node:crypto';
import { hostname, release, tmpdir } from 'node:os';
import { readSaved, writeSaved } from './docker-images.js';
import type { Answer, Call } from './stubs.js';

/** A container, network or image of the fake Docker. */
export interface DockerObject {
  name: string;
  labels: Record<string, string>;
  /** Of a network. */
  subnet?: string;
  /** `sha256:...` of an image. */
  id?: string;
}

/**
 * What the stub `docker` knows by itself: a daemon that answers, its containers, networks and images, listing and removing them.
 * Creating networks works, and tag, save, load and push of a list of images; everything else (run, exec, pull) is for a test to
 * answer.
 */
export class FakeDocker {
  /** False: no daemon answers. */
  up = true;
  containers: DockerObject[] = [];
  networks: DockerObject[] = [{ name: 'bridge', labels: {}, subnet: '172.17.0.0/16' }];
  /** Images by name; where there are none, every name that is asked for is there. */
  images: DockerObject[] | 'all' = 'all';

  answer({ args }: Call): Answer | undefined {
    if (!this.up) {
      const socket = 'unix:///var/run/docker.sock';
      return { stderr: `Cannot connect to the Docker daemon at ${socket}. Is the docker daemon running?\n`, exit: 1 };
    }
    const { words, options, labels } = read(args);
    const format = options['format'] ?? '';
    const [first = '', second = '', ...rest] = words;
    switch (first) {
      case 'version':
        return '29.0.0\n';
      case 'info':
        return format.includes('json') ? JSON.stringify(info) : 'fake\n';
      case 'ps':
        return listing(this.containers.filter(matching(labels)), format || '{{.Names}}');
      case 'rm':
        this.containers = this.containers.filter(({ name }) => ![second, ...rest].includes(name));
        return '';
      case 'rmi':
        return this.removeImages([second, ...rest]);
      case 'tag':
        return this.tag(rest[0]!, this.idOf(second));
      case 'save':
        writeSaved(
          second,
          rest.map((name) => ({ names: [name], digits: this.idOf(name).replace('sha256:', '') })),
        );
        return '';
      case 'load':
        for (const { names, digits } of readSaved(second)) for (const name of names) this.tag(name, `sha256:${digits}`);
        return '';
      case 'push':
        return `latest: digest: ${this.idOf(second)} size: 1\n`;
      case 'network':
        return this.network(second, rest, options, labels);
      case 'image':
        return this.image(second, rest, format, labels);
      default:
        return undefined;
    }
  }

  private network(
    verb: string,
    names: string[],
    options: Record<string, string>,
    labels: string[],
  ): Answer | undefined {
    switch (verb) {
      case 'ls':
        return listing(this.networks.filter(matching(labels)), options['format'] ?? '{{.Name}}');
      case 'inspect': {
        const unknown = names.find((name) => !this.networks.some((network) => network.name === name));
        if (unknown) return { stderr: `Error response from daemon: network ${unknown} not found\n`, exit: 1 };
        return names.map((name) => `${this.networks.find((one) => one.name === name)!.subnet ?? ''}\n`).join('');
      }
      case 'create': {
        const own = Object.fromEntries(labels.map((label) => label.split(/=(.*)/s).slice(0, 2) as [string, string]));
        this.networks.push({ name: names[0]!, subnet: options['subnet'], labels: own });
        return 'id\n';
      }
      case 'rm':
        this.networks = this.networks.filter(({ name }) => !names.includes(name));
        return '';
      default:
        return undefined;
    }
  }

  private image(verb: string, names: string[], format: string, labels: string[]): Answer | undefined {
    if (verb === 'ls') return listing(this.images === 'all' ? [] : this.images.filter(matching(labels)), format);
    if (verb !== 'inspect' || !format.includes('.Id')) return undefined;
    if (this.images === 'all') return `${this.idOf(names[0]!)}\n`;
    const found = this.images.find(({ name }) => name === names[0]);
    if (found) return `${this.idOf(found.name)}\n`;
    return { stderr: `Error: No such image: ${names[0]}\n`, exit: 1 };
  }

  private idOf(name: string): string {
    const found = this.images === 'all' ? undefined : this.images.find((image) => image.name === name);
    // a digest does not make it another image
    return found?.id ?? `sha256:${createHash('sha256').update(name.split('@')[0]!).digest('hex')}`;
  }

  private tag(name: string, id: string): string {
    if (this.images === 'all') return '';
    this.images = [...this.images.filter((image) => image.name !== name), { name, id, labels: {} }];
    return '';
  }

  private removeImages(names: string[]): Answer {
    if (this.images !== 'all') this.images = this.images.filter(({ name }) => !names.includes(name));
    return '';
  }
}

// a daemon on this very machine
const info = {
  Name: hostname(),
  KernelVersion: release(),
  OperatingSystem: 'fake',
  DockerRootDir: tmpdir(),
  MemTotal: 64 * 1024 ** 3,
  ServerVersion: '29.0.0',
};

/** Words, options with a value, and label filters of docker's arguments. */
function read(args: readonly string[]): { words: string[]; options: Record<string, string>; labels: string[] } {
  const words: string[] = [];
  const options: Record<string, string> = {};
  const labels: string[] = [];
  const long: Record<string, string> = {
    '-f': 'format',
    '--format': 'format',
    '--subnet': 'subnet',
    '--ip-range': 'range',
  };
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (word === '--filter') labels.push(args[++i]!.replace(/^label=/, ''));
    else if (word === '--label') labels.push(args[++i]!);
    // `rm -f` and `rmi -f` have no value
    else if (word in long && !(word === '-f' && ['rm', 'rmi'].includes(words[0] ?? '')))
      options[long[word]!] = args[++i]!;
    else if (!word.startsWith('-')) words.push(word);
  }
  return { words, options, labels };
}

function matching(labels: readonly string[]): (object: DockerObject) => boolean {
  return ({ labels: own }) =>
    labels.every((label) => {
      const [key = '', value] = label.split(/=(.*)/s);
      return value === undefined ? key in own : own[key] === value;
    });
}

function listing(objects: readonly DockerObject[], format: string): string {
  const line = ({ name, labels }: DockerObject): string =>
    format
      .replace(/\{\{\.Label "([^"]+)"\}\}/g, (_, key: string) => labels[key] ?? '')
      .replaceAll('{{.Repository}}:{{.Tag}}', name)
      .replace(/\{\{\.Names?\}\}/g, name);
  return objects.map((object) => `${line(object)}\n`).join('');
}
