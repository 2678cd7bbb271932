// Runs the CLI in this process, so that signals reach it directly; plain JavaScript, because nothing is installed yet.
import './own-node.mjs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

// where dist/ cannot be written to, what is there is used; Node.js 20 has no such cache
module.enableCompileCache?.(
  process.env.NODE_COMPILE_CACHE ?? fileURLToPath(new URL('../dist/.compile-cache', import.meta.url)),
);
await import('../dist/src/cli/main.js');
