import { parseImage } from './image-name.js';
import { addSpan } from '../kernel/spans.js';
import { DaemonError, dockerRequest } from '../kernel/docker-api.js';
import { PullProgress, type PullMessage, type PullPhase } from './pull-progress.js';
import { redact } from '../kernel/secrets/redact.js';
import { registryLogin } from './registry-login.js';
import { registryTrouble, silentRegistry, stuckDisk, type RegistryTrouble } from './registry-trouble.js';
import { currentSignal } from '../kernel/cancellation.js';
import type { Steps } from '../kernel/steps.js';

/** Milliseconds without any change after which a pull is given up; there is no limit to a pull that goes on. */
export type PullLimits = Record<PullPhase, number>;

/**
 * Docker itself waits 15 s for a registry's first answer. Its layers of all pulls share three downloads, so one may rest while
 * another one goes on. Unpacking is the disk's work, and Docker does not always say how far it is.
 */
const defaults: PullLimits = { asking: 25_000, downloading: 60_000, unpacking: 300_000 };

/** When any pull of this process last got something. */
let lastDownload = 0;

/**
 * Pulls an image as a step that shows its layers. Returns what went wrong, or undefined when the image is here. Once `onlyAsk` is
 * aborted it ends as soon as the registry is known to have the image.
 */
export async function pullImage(
  image: string,
  steps: Steps,
  { onlyAsk, limits = defaults }: { onlyAsk: AbortSignal; limits?: PullLimits },
): Promise<RegistryTrouble | undefined> {
  const progress = new PullProgress();
  let trouble: RegistryTrouble | undefined;
  const work = async (): Promise<void> => {
    trouble = await pull(image, progress, onlyAsk, limits);
    // so that the step is shown as failed
    if (trouble) throw new Error(trouble.found);
  };
  await steps.step(`pull ${image}`, { detail: () => progress.text }, work).catch((error: unknown) => {
    if (!trouble) throw error;
  });
  return trouble;
}

/** Why a pull was ended before its time. */
const enough = new Error('the image is in the local Docker');

async function pull(
  image: string,
  progress: PullProgress,
  onlyAsk: AbortSignal,
  limits: PullLimits,
): Promise<RegistryTrouble | undefined> {
  const start = Date.now();
  const { registry, repository, reference } = parseImage(image);
  const stop = new AbortController();
  let silent: RegistryTrouble | undefined;
  const enoughIsKnown = (): void => {
    if (onlyAsk.aborted && progress.known) stop.abort(enough);
  };
  onlyAsk.addEventListener('abort', enoughIsKnown);
  const watch = setInterval(
    () => {
      const limit = limits[progress.phase];
      const since = Math.max(progress.changedAt, progress.phase === 'downloading' ? lastDownload : 0);
      if (Date.now() - since < limit) return;
      silent = progress.phase === 'unpacking' ? stuckDisk(limit / 1000) : silentRegistry(image, limit / 1000);
      stop.abort();
    },
    Math.min(1000, ...Object.values(limits)),
  );
  let exit = 1;
  try {
    const login = await registryLogin(registry);
    const query = new URLSearchParams({ fromImage: `${registry}/${repository}`, tag: reference });
    const platform = process.env['DOCKER_DEFAULT_PLATFORM'];
    if (platform) query.set('platform', platform);
    const headers: Record<string, string> = login
      ? { 'X-Registry-Auth': Buffer.from(JSON.stringify(login)).toString('base64url') }
      : {};
    const signal = AbortSignal.any([stop.signal, currentSignal()]);
    for await (const message of dockerRequest(`/images/create?${query}`, { headers, signal })) {
      const { error } = message as PullMessage;
      if (error !== undefined) throw new DaemonError(error);
      progress.take(message as PullMessage);
      if (progress.phase === 'downloading') lastDownload = Math.max(lastDownload, progress.changedAt);
      enoughIsKnown();
    }
    exit = 0;
    return undefined;
  } catch (error) {
    if (silent) return silent;
    if (error === enough) return undefined;
    if (error instanceof DaemonError) return registryTrouble(image, redact(error.message));
    throw currentSignal().aborted ? currentSignal().reason : error;
  } finally {
    clearInterval(watch);
    onlyAsk.removeEventListener('abort', enoughIsKnown);
    addSpan({ command: `docker pull ${image}`, start, end: Date.now(), exit });
  }
}
