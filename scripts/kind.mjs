#!/usr/bin/env node
// meshproof-kind: runs the pinned kind with the arguments given. It is found or downloaded as in every other command;
// npm's package `kind` is something else entirely.
import './own-node.mjs';
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const { findProgram } = await import('../dist/src/supply/programs.js');
const { MeshproofError } = await import('../dist/src/kernel/errors.js');
const { readEnvironment } = await import('../dist/src/supply/read-environment.js');

try {
  const kind = await findProgram('kind', readEnvironment(process.env['MESHPROOF_ENVIRONMENT'] || 'public'));
  const child = spawn(kind, process.argv.slice(2), { stdio: 'inherit' });
  // a Ctrl-C in the terminal reaches kind as well; it decides when to end. Other signals are passed on
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`meshproof-kind: ${kind} does not start: ${error.message}`);
    process.exitCode = 3;
  });
  child.on('exit', (code, signal) => (process.exitCode = code ?? 128 + constants.signals[signal]));
} catch (error) {
  if (!(error instanceof MeshproofError)) throw error;
  console.error(error.describe());
  process.exitCode = error.code;
}
