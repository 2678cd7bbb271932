import http from 'node:http';

/** Envoy's admin interface in the sidecar of this pod. */
const admin = 'http://127.0.0.1:15000';
const counters = [
  'listener_manager.listener_added',
  'listener_manager.listener_modified',
  'listener_manager.listener_removed',
];
const everyMs = 1_000;

/** Tells when the listeners or the certificate of this pod's proxy change; of a pod without a proxy, nothing. Returns what ends it. */
export function watchProxy(tell: (event: string, says: string) => void): () => void {
  let listeners: string | undefined;
  let serial: string | undefined;
  let busy = false;
  const look = async (): Promise<void> => {
    const [stats, certificates] = await Promise.all([
      ask(`/stats?filter=${encodeURIComponent(`^listener_manager\\.listener_(added|modified|removed)$`)}`),
      ask('/certs'),
    ]);
    const now = stats && valuesOf(stats);
    if (now !== undefined && listeners !== undefined && now !== listeners)
      tell('listener-changed', `${listeners} -> ${now}`);
    listeners = now ?? listeners;
    const own = certificates && serialOf(certificates);
    if (own !== undefined && serial !== undefined && own !== serial)
      tell('certificate-renewed', `serial number ${own}`);
    serial = own ?? serial;
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    void look().finally(() => (busy = false));
  }, everyMs);
  return () => clearInterval(timer);
}

/** `added 12, modified 0, removed 1` */
function valuesOf(stats: string): string {
  return counters
    .map((name) => `${name.split('_').at(-1)} ${new RegExp(`^${name}: (\\d+)`, 'm').exec(stats)?.[1] ?? '0'}`)
    .join(', ');
}

function serialOf(certificates: string): string | undefined {
  try {
    const { certificates: all } = JSON.parse(certificates) as {
      certificates?: { cert_chain?: { serial_number?: string }[] }[];
    };
    return all?.find(({ cert_chain: chain }) => chain?.[0])?.cert_chain?.[0]?.serial_number;
  } catch {
    return undefined;
  }
}

/** The answer, or undefined where there is none. */
function ask(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = http.get(`${admin}${path}`, { timeout: 2_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve(response.statusCode === 200 ? text : undefined));
      response.on('error', () => resolve(undefined));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}
