import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { currentSignal } from '../kernel/cancellation.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { redact } from '../kernel/secrets/redact.js';
import type { MeshState } from '../mesh/mesh-state.js';
import type { Act } from '../scenario/scenario.js';
import type { Progress } from './progress.js';

/** An act that runs a command of the user's. */
export interface CommandAct extends Act {
  /** The command, as it was typed. */
  line: string;
  /** What it ended with; 0 before it has run. */
  exitCode(): number;
}

/**
 * Runs a command with its output shown and kept in a file, without secrets. It is told of the mesh by MESHPROOF_RUN, which is empty
 * where there is no run, and MESHPROOF_KUBECONFIGS, the kubeconfigs of the clusters with colons between them. Fails (exit 1) when the command does; throws
 * (exit 2) where it cannot be started.
 */
export function commandAct(
  [program, ...args]: readonly string[],
  { runId, clusters }: Pick<MeshState, 'clusters'> & { runId?: string },
  log: string,
  progress: Progress,
): CommandAct {
  const line = redact([program, ...args].join(' '));
  let code = 0;
  return {
    id: 'command',
    title: line.length > 60 ? `${line.slice(0, 57)}...` : line,
    line,
    exitCode: () => code,
    async do() {
      const env = {
        MESHPROOF_RUN: runId ?? '',
        MESHPROOF_KUBECONFIGS: clusters.map(({ kubeconfig }) => kubeconfig).join(path.delimiter),
      };
      const child = execa(program!, args, {
        env,
        stdin: 'inherit',
        all: true,
        buffer: false,
        reject: false,
        cancelSignal: currentSignal(),
        forceKillAfterDelay: 10_000,
      });
      createInterface({ input: child.all }).on('line', (text) => {
        const shown = redact(text);
        appendFileSync(log, `${shown}\n`);
        progress.print(shown);
      });
      const result = await child;
      if (result.isCanceled) throw currentSignal().reason;
      code = result.exitCode ?? 128;
      if (result.exitCode === undefined && result.code === 'ENOENT') {
        throw new MeshproofError(`the program ${program} does not exist`, exitCode.usage, {
          remedy: 'correct the command after --',
        });
      }
      if (code === 0) return;
      throw new MeshproofError(
        `the command ended with exit code ${code}${result.signal ? ` (${result.signal})` : ''}`,
        exitCode.failed,
        {
          where: line,
          expected: 'exit code 0',
          remedy: 'read its output in command.log; --allow-command-failure accepts its failure',
        },
      );
    },
  };
}
