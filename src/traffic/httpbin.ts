/** The name in go-httpbin's answer to `/hostname`; undefined where the body is none. */
export function hostnameShown(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { hostname?: string } | null)?.hostname;
  } catch {
    return undefined;
  }
}
