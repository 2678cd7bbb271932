/** What publishers of programs call a system in the names of their files: {os}. */
export function systemOf(platform: NodeJS.Platform): string {
  return platform === 'win32' ? 'windows' : platform;
}

const architectures: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };

/** What they call a processor: {arch}. */
export function architectureOf(arch: NodeJS.Architecture): string {
  return architectures[arch] ?? arch;
}
