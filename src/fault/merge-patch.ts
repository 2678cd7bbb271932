/**
 * A change of a value: a JSON merge patch (RFC 7386), in which null removes a field. In addition, an object with only
 * numeric keys changes those items of a list, `{ 0: { timeout: '10s' } }`, and null removes the item.
 */
export type Patch = { [key: string]: unknown };

/** `value` with the patch applied; changes neither. */
export function patched(value: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  if (Array.isArray(value) && Object.keys(patch).every((key) => /^\d+$/.test(key))) {
    const items = [...(value as unknown[])];
    for (const [index, change] of Object.entries(patch)) items[Number(index)] = patched(items[Number(index)], change);
    return items.filter((item) => item !== null);
  }
  const result: Patch = isObject(value) ? { ...value } : {};
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) delete result[key];
    else result[key] = patched(result[key], change);
  }
  return result;
}

function isObject(value: unknown): value is Patch {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
