// Runs the CLI in this process, so that signals reach it directly; plain JavaScript, because nothing is installed yet.
import { prepare } from './prepare.mjs';

await prepare();
await import('../dist/cli/main.js');
