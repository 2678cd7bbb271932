import { existsSync } from 'node:fs';
import { dockerAnswers, imageIds } from '../../kernel/docker.js';
import { daemonPid, dockerIsUnpacked, runningContainers } from './lab-daemon.js';
import { goVersion, istioBuilds, newestIstio, programsFor } from './go-programs.js';
import { cacheFolder, dockerHost, inHome } from './lab-home.js';
import { baseImage, istioImages, labImages, missingImages, type LabImage } from './lab-images.js';
import { defaultKubernetes, nodeImageIsMissing, nodeImageName } from './lab-node-image.js';
import { estimate, originOf } from './lab-programs.js';
import { readLabState } from './lab-state.js';

/** What there is of the lab on this machine. */
export interface LabStatus {
  home: string;
  /** Is there anything of it? */
  present: boolean;
  docker: { host: string; answers: boolean; /** of the lab's own daemon */ pid?: number; containers: string[] };
  images: { expected: number; missing: string[] };
  /** How each program was or would be had. */
  programs: { cache?: string; present: number; inCache: number; toBuild: string[] };
  kubernetes: string[];
  istio: string[];
  go: string;
  /** Seconds that `lab up` would take for programs. */
  estimate: number;
}

export async function labStatus(): Promise<LabStatus> {
  const answers = await dockerAnswers();
  const own = istioBuilds.filter(
    (build) => build === newestIstio || existsSync(inHome('bin', `istioctl-${build.version}`)),
  );
  const istio = own.flatMap((build) => istioImages(build));
  const images = [...labImages, ...istio];
  const names = [baseImage, nodeImageName(defaultKubernetes), ...images.map(({ name }) => name)];
  const missing = answers ? await missingNames(images) : names;
  const usual = programsFor(own.map(({ version }) => version));
  const of = (origin: string): string[] => usual.map(({ name }) => name).filter((name) => originOf(name) === origin);
  const state = readLabState();
  return {
    home: inHome(),
    present: existsSync(inHome()) && dockerIsUnpacked(),
    docker: { host: dockerHost(), answers, pid: daemonPid(), containers: answers ? await runningContainers() : [] },
    images: { expected: names.length, missing },
    programs: {
      cache: cacheFolder(),
      present: of('present').length,
      inCache: of('cache').length,
      toBuild: of('source'),
    },
    kubernetes: [defaultKubernetes.version, ...state.kubernetes.map(({ version }) => version)],
    istio: [...own, ...state.istio].map(({ version, moduleVersion }) => `${version} (${moduleVersion})`),
    go: goVersion,
    estimate: missing.length === 0 ? 0 : estimate(usual),
  };
}

/** Names of the images that `lab up` would build. */
async function missingNames(images: readonly LabImage[]): Promise<string[]> {
  const base = (await imageIds([baseImage])).has(baseImage) ? [] : [baseImage];
  const node = (await nodeImageIsMissing(defaultKubernetes)) ? [nodeImageName(defaultKubernetes)] : [];
  return [...base, ...node, ...(await missingImages(images)).map(({ name }) => name)];
}
