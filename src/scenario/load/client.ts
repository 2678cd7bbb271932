import { appendFileSync, readFileSync } from 'node:fs';
import http from 'node:http';
import type { Answer, Call } from './answer.js';
import { heldConnection } from './connect-lane.js';
import { newConnection, reusedConnection } from './http-lane.js';
import { grpcStream, tcpStream } from './open-stream.js';
import { Names, type SampleLine, type SampleTuple } from './sample-lines.js';
import { proveRetries } from './prove-retries.js';
import type { SeriesConfig } from './series-config.js';
import { longStream } from './stream-lane.js';
import { onTicks, type Series } from './ticks.js';
import { watchProxy } from './watch-proxy.js';

export interface ClientConfig {
  /** Of the series; one is the client's own control. */
  series: SeriesConfig[];
  perSecond: number;
  /** Part of an interval by which its ticks come after those of the other client. */
  stagger: number;
  lateAfterMs: number;
  timeoutMs: number;
  /** Where the samples are written. */
  file: string;
  /** Holds another number of calls a second, once there is one. */
  rateFile: string;
  controlPort: number;
}

/** Calls everything on its ticks and records the results. */
export function call(config: ClientConfig): { stop(): void } {
  const { series, file, timeoutMs } = config;
  const echo = http.createServer((_, response) =>
    response.end(JSON.stringify({ pod: 'self', cluster: 'self', late: 0 })),
  );
  echo.listen(config.controlPort, '127.0.0.1');

  const calls = series.map((one) => callOf(one, timeoutMs));
  const names = new Names();
  let samples: SampleTuple[] = [];
  const write = (line: SampleLine): void => appendFileSync(file, `${JSON.stringify(line)}\n`);
  const flush = (): void => {
    if (samples.length === 0) return;
    const fresh = names.take();
    write({ ...(fresh.length > 0 && { names: fresh }), samples });
    samples = [];
  };

  let perSecond = 0;
  let stop = (): void => {};
  let generation = 0;
  const begin = (rate: number): void => {
    stop();
    flush();
    perSecond = rate;
    const own = ++generation;
    const intervalMs = 1000 / rate;
    // within an interval one after the other, so that they are not each other's burst
    const offsets = series.map((_, i) => (i / series.length + config.stagger) * intervalMs);
    write({ begin: Date.now(), intervalMs, offsets });
    const ticking = series.map((_, i): Series => ({
      offset: offsets[i]!,
      tick(tick, late) {
        if (late > config.lateAfterMs) {
          samples.push([i, tick, Math.round(late), -1, -1]);
          return;
        }
        const start = performance.now();
        void calls[i]!().then(({ by, held = 0, ...rest }) => {
          // of a rate that is over
          if (own !== generation) return;
          const more =
            rest.kind === 'ok' &&
            Object.keys(rest).every((key) => key === 'kind' || (key === 'attempts' && rest.attempts === 1))
              ? []
              : [rest];
          samples.push([
            i,
            tick,
            Math.round(late),
            Math.round(performance.now() - start - held),
            names.indexOf(by),
            ...(more as [Answer?]),
          ]);
        });
      },
    }));
    stop = onTicks(ticking, performance.now(), intervalMs);
  };
  begin(config.perSecond);
  const writing = setInterval(flush, 1_000);
  const asking = setInterval(() => {
    const rate = rateIn(config.rateFile);
    if (rate !== undefined && rate !== perSecond) begin(rate);
  }, 250);
  const endWatch = watchProxy((event, says) => write({ at: Date.now(), event, says }));
  if (config.stagger === 0) void proveRetries(series, (says) => write({ at: Date.now(), event: 'retries', says }));
  return {
    stop() {
      stop();
      clearInterval(writing);
      clearInterval(asking);
      endWatch();
      flush();
    },
  };
}

function rateIn(file: string): number | undefined {
  try {
    const rate = Number(readFileSync(file, 'utf8'));
    return rate > 0 ? rate : undefined;
  } catch {
    return undefined;
  }
}

function callOf({ lane, cluster, host, port, path, authority }: SeriesConfig, timeoutMs: number): Call {
  const callee = {
    url: `http://${host}:${port}${path ?? '/'}`,
    // of a service of the user's anybody may answer
    ...(path === undefined && { cluster }),
    timeoutMs,
    authority,
  };
  switch (lane) {
    case 'reused':
      return reusedConnection(callee);
    case 'connect':
      return heldConnection({ host, port, timeoutMs });
    case 'tcp-stream':
      return longStream(tcpStream(host, port), { cluster, timeoutMs });
    case 'grpc-stream':
      return longStream(grpcStream(host, port), { cluster, timeoutMs });
    default:
      return newConnection(callee);
  }
}
