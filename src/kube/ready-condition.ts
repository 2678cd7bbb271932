/** Whether a pod or a node says of itself that it is ready. */
export function saysReady({ status }: { status?: { conditions?: { type: string; status: string }[] } }): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
}
