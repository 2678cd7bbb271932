/** The name in go-httpbin's answer to `/hostname`; undefined where the body is none. */
export function hostnameShown(body: string): string | undefined {
  return read<{ hostname?: string } | null>(body)?.hostname;
}

/** The headers that go-httpbin was sent, in its answer to `/headers`; undefined where the body is none. */
export function headersShown(body: string): Record<string, string[]> | undefined {
  return read<{ headers?: Record<string, string[]> } | null>(body)?.headers;
}

function read<T>(body: string): T | undefined {
  try {
    return JSON.parse(body) as T;
  } catch {
    return undefined;
  }
}
