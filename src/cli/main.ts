import { Command, CommanderError } from 'commander';
import { nameInvocation } from '../kernel/invocation.js';
import { addProgramsToPath } from '../supply/lab/lab-home.js';
import { exitCode } from '../kernel/errors.js';
import { packageVersion, program as typed } from '../kernel/project-files.js';
import { addChangeCommands, addScenarioCommands } from './commands/change-group.js';
import { addComparisonCommands } from './commands/comparison-group.js';
import { addFaultCommands } from './commands/faults-group.js';
import { addImageCommands } from './commands/images-group.js';
import { addInspectionCommands } from './commands/inspection-group.js';
import { addLabCommands } from './commands/lab-group.js';
import { addMatrixCommands } from './commands/matrix-group.js';
import { addMeshCommands } from './commands/mesh-group.js';
import { addReportCommands } from './commands/reports-group.js';
import { addUpgradeCommands } from './commands/upgrade-group.js';
import { addWhyCommands } from './commands/why-group.js';
import { addGlobalOptions } from './global-options.js';
import { end, watchStreams } from './streams.js';

// what follows -- is Playwright's, or the command of `guard`, and must not be taken for topologies or options
const dashes = process.argv.indexOf('--');
const afterDashes = dashes < 0 ? [] : process.argv.slice(dashes + 1);

const program = new Command('meshproof')
  .description(
    'Tests multi-cluster Istio on real clusters: from a topology file to a verdict per behaviour, with evidence.',
  )
  .version(packageVersion())
  .showSuggestionAfterError()
  .showHelpAfterError(`  to do: see ${typed} --help`)
  .exitOverride()
  .configureHelp({ showGlobalOptions: true });
addGlobalOptions(program);
addMeshCommands(program, afterDashes);
addChangeCommands(program, afterDashes);
addUpgradeCommands(program);
addScenarioCommands(program);
addFaultCommands(program);
addInspectionCommands(program);
addReportCommands(program);
addComparisonCommands(program);
addMatrixCommands(program);
addWhyCommands(program);
addLabCommands(program);
addImageCommands(program);

watchStreams();
nameInvocation(process.argv.slice(2));
addProgramsToPath();
try {
  await program.parseAsync(dashes < 0 ? process.argv : process.argv.slice(0, dashes));
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // help and version are no errors; commander has printed its message and suggestion already
  await end(error.exitCode === 0 ? exitCode.passed : exitCode.usage);
}
