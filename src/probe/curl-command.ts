import type { Target } from '../kube/kubectl.js';
import type { BatchRequest } from './batch-answers.js';

/** What `curl -K -` reads for one request. */
export function curlConfig(
  id: string,
  { url, method, headers = {}, tlsVersion, timeoutSeconds = 5 }: BatchRequest,
): string {
  const value = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  const lines = [
    `url = ${value(httpUrl(url))}`,
    `output = "${id}"`,
    `header = "x-request-id: ${id}"`,
    ...Object.entries(headers).map(([name, text]) => `header = ${value(`${name}: ${text}`)}`),
    ...(method ? [`request = ${value(method)}`] : []),
    ...(tlsVersion ? tlsOptions(tlsVersion).map(([name, text]) => (text ? `${name} = ${value(text)}` : name)) : []),
    `max-time = ${timeoutSeconds}`,
    // needed after every `next`: these switches hold for one request only
    'silent',
    'globoff',
    `write-out = "${id} %{json}\\t%header{server}\\n"`,
  ];
  return `${lines.join('\n')}\n`;
}

/** OpenSSL itself offers nothing below 1.2 at its default security level: a refusal would be the client's own. */
function tlsOptions(version: '1.1' | '1.2'): [name: string, value?: string][] {
  return [['insecure'], [`tlsv${version}`], ['tls-max', version], ['ciphers', 'DEFAULT:@SECLEVEL=0']];
}

/** curl takes a URL without a scheme too, but guesses from the host name. */
export function httpUrl(url: string): string {
  return /^https?:\/\//.test(url) ? url : `http://${url}`;
}

/** The same requests one after the other, as a person types them. */
export function replayCommand(
  cluster: Target,
  { namespace, workload, container, url, count, method, headers = {}, tlsVersion, timeoutSeconds = 5 }: BatchRequest,
): string {
  const options = [`-sS -m ${timeoutSeconds}`, ...(method ? [`-X ${method}`] : [])];
  if (tlsVersion) options.push(...tlsOptions(tlsVersion).map(([name, text = '']) => `--${name} ${text}`.trim()));
  for (const [name, text] of Object.entries(headers)) {
    // this command goes into reports: the reader who replays it sets his own TOKEN
    options.push(`-H "${name}: ${name.toLowerCase() === 'authorization' ? text.replace(/\S+$/, '$TOKEN') : text}"`);
  }
  const curl = `curl ${options.join(' ')} ${url}`;
  const loop = count > 1 ? `for i in $(seq ${count}); do ${curl}; done` : curl;
  return `kubectl --kubeconfig ${cluster.kubeconfig} -n ${namespace} exec ${workload} -c ${container} -- sh -c '${loop}'`;
}
