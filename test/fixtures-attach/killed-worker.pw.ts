import { appendFileSync } from 'node:fs';
import { behaviour } from '../../fixtures/index.js';

// Run by test/fixtures-attach.test.ts only: the first of the two ends its own worker as an out-of-memory killer would.
behaviour('kills its worker', async ({ mesh }) => {
  note(mesh.state.runId);
  process.kill(process.pid, 'SIGKILL');
  // the signal is on its way; nothing after it may run
  await new Promise(() => undefined);
});

behaviour('comes after it, in a new worker', async ({ mesh }) => {
  note(mesh.state.runId);
});

function note(runId: string): void {
  appendFileSync(process.env['ATTACH_LOG']!, `${process.pid} ${runId}\n`);
}
