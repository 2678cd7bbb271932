// Objects of an installation in a form in which two of them can be compared.

/** What the API server and controllers fill in. */
const passing = ['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields', 'selfLink'];

/** Labels and annotations that say who has installed an object. */
const ofInstallers = [
  /^install\.operator\.istio\.io\//,
  /^operator\.istio\.io\//,
  /^meshproof\.dev\//,
  /^meta\.helm\.sh\//,
  /^helm\.sh\//,
  /^app\.kubernetes\.io\/(managed-by|instance|part-of|version)$/,
  /^release$/,
  /^deployment\.kubernetes\.io\/revision$/,
  /^kubectl\.kubernetes\.io\/last-applied-configuration$/,
];

/** An object without what is different in any two runs. */
export function normalized(object, { runId, plan }) {
  const copy = structuredClone(object);
  delete copy.status;
  for (const key of passing) delete copy.metadata[key];
  for (const metadata of [copy.metadata, copy.spec?.template?.metadata])
    for (const part of ['labels', 'annotations'])
      if (metadata?.[part])
        metadata[part] = Object.fromEntries(
          Object.entries(metadata[part]).filter(([key]) => !ofInstallers.some((one) => one.test(key))),
        );
  for (const webhook of copy.webhooks ?? [])
    if (webhook.clientConfig?.caBundle) webhook.clientConfig.caBundle = 'a bundle';
  if (copy.kind === 'Secret')
    copy.data = Object.fromEntries(Object.keys(copy.data ?? {}).map((key) => [key, 'secret']));
  if (copy.kind === 'ConfigMap' && copy.metadata.name.startsWith('istio-ca')) copy.data = {};
  for (const key of ['clusterIP', 'clusterIPs']) if (copy.spec) delete copy.spec[key];
  for (const port of copy.spec?.ports ?? []) delete port.nodePort;
  if (copy.kind === 'Service') delete copy.spec.healthCheckNodePort;
  if (copy.kind === 'EndpointSlice') delete copy.endpoints;
  const blocks = plan.clusters.map(({ loadBalancerRange }) => loadBalancerRange.first).filter(Boolean);
  let text = JSON.stringify(copy).replaceAll(runId, 'RUN');
  for (const [i, address] of blocks.entries()) text = text.replaceAll(address, `ADDRESS${i + 1}`);
  return JSON.parse(text);
}

/** What differs between two lists of `{ cluster, object }`, a line each; `names` are those of the two. */
export function differences(one, other, names) {
  const keyOf = ({ cluster, object: { kind, metadata } }) =>
    `${cluster} ${kind} ${metadata.namespace ? `${metadata.namespace}/` : ''}${nameOf(kind, metadata.name)}`;
  const [left, right] = [one, other].map((list) => new Map(list.map((entry) => [keyOf(entry), entry.object])));
  const keys = [...new Set([...left.keys(), ...right.keys()])].filter((key) => !generated.test(key)).sort();
  return keys.flatMap((key) => {
    if (!left.has(key)) return [`${key}: of ${names[1]} only`];
    if (!right.has(key)) return [`${key}: of ${names[0]} only`];
    return fields(left.get(key), right.get(key)).map(
      ([at, a, b]) => `${key} ${at}: ${names[0]} ${show(a)}, ${names[1]} ${show(b)}`,
    );
  });
}

/** Made by controllers, or with a name that is drawn. */
const generated =
  / EndpointSlice | Secret \S*\/sh\.helm\.release|ConfigMap \S*\/(kube-root-ca\.crt|istio-(leader|gateway-|namespace-))/;

const nameOf = (kind, name) => (kind === 'EndpointSlice' ? name.replace(/-[a-z0-9]{5}$/, '') : name);

/** Paths at which two values differ, with both values; lists of named things are compared by name. */
function fields(a, b, at = '') {
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  const isObject = (value) => typeof value === 'object' && value !== null;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return [[at || '.', a, b]];
  const [left, right] = [named(a), named(b)];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .sort()
    .flatMap((key) => fields(left[key], right[key], `${at}.${key}`));
}

function named(value) {
  if (!Array.isArray(value)) return value;
  const name = (item) => (typeof item === 'object' && item !== null ? (item.name ?? item.type ?? item.key) : undefined);
  if (!value.every((item) => name(item) !== undefined)) return Object.fromEntries(value.entries());
  return Object.fromEntries(value.map((item) => [name(item), item]));
}

function show(value) {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}
