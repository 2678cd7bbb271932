import type { SecretLintCoreConfig } from '@secretlint/types';

type Linter = (text: string) => Promise<string[]>;
let linter: Promise<Linter> | undefined;

/**
 * The kinds of secret that secretlint's recommended rules find in `text`: tokens and keys of clouds, registries and services, by
 * rules that are kept up to date there. Loaded when it is first asked: it costs 80 ms.
 */
export async function detect(text: string): Promise<string[]> {
  linter ??= load();
  return (await linter)(text);
}

async function load(): Promise<Linter> {
  const [{ lintSource }, { rules }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
  ]);
  // a comment in a log must not switch a rule off
  const chosen = rules.filter(({ meta }) => !meta.id.endsWith('-filter-comments'));
  const config: SecretLintCoreConfig = { rules: chosen.map((rule) => ({ id: rule.meta.id, rule })) };
  return async (content) => {
    const source = { filePath: 'report.txt', ext: '.txt', contentType: 'text', content } as const;
    const { messages } = await lintSource({ source, options: { config, noPhysicFilePath: true } });
    return [
      ...new Set(
        messages.map(({ ruleId }) => `secret found by ${ruleId.replace(/^@secretlint\/secretlint-rule-/, '')}`),
      ),
    ];
  };
}
