import type { Filter, RuleTerm, Rules, StringMatch } from '../../probe/envoy-types.js';
import { matchesWhole } from './proxy-route.js';

/** What a call shows to the rules of the proxy that gets it. */
export interface Shown {
  /** `spiffe://cluster.local/ns/sample/sa/sleep`; undefined for plain text. */
  identity?: string;
  /** Of a request; undefined where the proxy sees only bytes. */
  path?: string;
  port: number;
}

/** What the rules make of a call; `depends` on what only a real one has. */
export type Judged = { is: 'allowed' } | { is: 'denied'; by: string } | { is: 'depends'; on: string };

/** Yes, no, or what it depends on. */
type Three = boolean | { on: string };

/** Judges a call by the role filters of a chain, which Envoy asks one after the other. */
export function judgeRules(filters: readonly Filter[], shown: Shown): Judged {
  let open: Judged = { is: 'allowed' };
  for (const { name, typed_config: config } of filters) {
    if (!name.endsWith('.rbac') || !config?.rules) continue;
    const found = judgeOne(config.rules, shown);
    if (found.is === 'denied') return found;
    if (found.is === 'depends') open = found;
  }
  return open;
}

function judgeOne({ action = 'ALLOW', policies = {} }: Rules, shown: Shown): Judged {
  if (action !== 'ALLOW' && action !== 'DENY') return { is: 'allowed' };
  const results = Object.entries(policies).map(([name, { permissions = [], principals = [] }]) => ({
    name,
    meets: both(
      either(permissions.map((one) => permitted(one, shown))),
      either(principals.map((one) => isFrom(one, shown))),
    ),
  }));
  const met = results.find(({ meets }) => meets === true);
  const maybe = results.find(({ meets }) => typeof meets === 'object');
  const depends = (): Judged => ({ is: 'depends', on: (maybe!.meets as { on: string }).on });
  if (action === 'DENY')
    return met ? { is: 'denied', by: policyText(met.name) } : maybe ? depends() : { is: 'allowed' };
  if (met) return { is: 'allowed' };
  if (maybe) return depends();
  const names = [...new Set(results.map(({ name }) => policyText(name)))];
  return {
    is: 'denied',
    by: names.length > 0 ? `none of the ALLOW rules of ${names.join(', ')} is met` : 'an ALLOW policy has no rule',
  };
}

/** `ns[sample]-policy[only-get]-rule[0]` as `AuthorizationPolicy sample/only-get`. */
export function policyText(name: string): string {
  const [, namespace, policy] = /ns\[([^\]]+)\]-policy\[([^\]]+)\]/.exec(name) ?? [];
  return policy ? `AuthorizationPolicy ${namespace}/${policy}` : name;
}

function permitted(term: RuleTerm, shown: Shown): Three {
  const [[kind = '', value] = []] = Object.entries(term) as [string, unknown][];
  switch (kind) {
    case 'any':
      return true;
    case 'and_rules':
      return all((value as { rules?: RuleTerm[] }).rules ?? [], (one) => permitted(one, shown));
    case 'or_rules':
      return either(((value as { rules?: RuleTerm[] }).rules ?? []).map((one) => permitted(one, shown)));
    case 'not_rule':
      return not(permitted(value as RuleTerm, shown));
    case 'destination_port':
      return value === shown.port;
    case 'url_path':
      return shown.path === undefined
        ? { on: 'the path' }
        : matches((value as { path?: StringMatch }).path, shown.path);
    case 'header':
      return header(value as Header, shown);
    default:
      return { on: kind };
  }
}

function isFrom(term: RuleTerm, shown: Shown): Three {
  const [[kind = '', value] = []] = Object.entries(term) as [string, unknown][];
  switch (kind) {
    case 'any':
      return true;
    case 'and_ids':
      return all((value as { ids?: RuleTerm[] }).ids ?? [], (one) => isFrom(one, shown));
    case 'or_ids':
      return either(((value as { ids?: RuleTerm[] }).ids ?? []).map((one) => isFrom(one, shown)));
    case 'not_id':
      return not(isFrom(value as RuleTerm, shown));
    case 'authenticated':
      return ofIdentity((value as { principal_name?: StringMatch }).principal_name, shown);
    case 'filter_state': {
      const { key, string_match: match } = value as { key?: string; string_match?: StringMatch };
      return key === 'io.istio.peer_principal' ? ofIdentity(match, shown) : { on: `filter state ${key}` };
    }
    case 'header':
      return header(value as Header, shown);
    case 'metadata':
    case 'sourced_metadata':
      // what a token says; the call that is followed has none
      return false;
    default:
      return { on: kind };
  }
}

function ofIdentity(match: StringMatch | undefined, { identity }: Shown): Three {
  if (identity === undefined) return false;
  return match === undefined || matches(match, identity);
}

interface Header {
  name?: string;
  string_match?: StringMatch;
  exact_match?: string;
}

function header({ name, string_match: match, exact_match: exact }: Header, { path }: Shown): Three {
  const own = name === ':method' ? 'GET' : name === ':path' ? path : undefined;
  const wanted = match ?? (exact === undefined ? undefined : { exact });
  return own === undefined || wanted === undefined ? { on: `header ${name}` } : matches(wanted, own);
}

/** Whether a text is what a matcher of Envoy's asks for. */
export function matches(
  { exact, prefix, suffix, contains, safe_regex: regex }: StringMatch = {},
  text: string,
): boolean {
  if (exact !== undefined) return text === exact;
  if (prefix !== undefined) return text.startsWith(prefix);
  if (suffix !== undefined) return text.endsWith(suffix);
  if (contains !== undefined) return text.includes(contains);
  return regex?.regex === undefined || matchesWhole(regex.regex, text);
}

function not(value: Three): Three {
  return typeof value === 'boolean' ? !value : value;
}

function both(a: Three, b: Three): Three {
  if (a === false || b === false) return false;
  return a === true ? b : a;
}

function either(values: readonly Three[]): Three {
  return values.find((one) => one === true) ?? values.find((one) => typeof one === 'object') ?? false;
}

function all(terms: readonly RuleTerm[], ask: (term: RuleTerm) => Three): Three {
  return terms.map(ask).reduce(both, true);
}
