import { Option, type Command } from 'commander';
import { action } from '../action.js';
import { contexts, examples, kubeconfig, several } from './shared-options.js';

/** explain, why, doctor: what is wrong with a mesh, or stands in its way, without changing anything. */
export function addWhyCommands(program: Command): void {
  program
    .command('explain')
    .description('follow a call hop by hop, and mark where it breaks')
    .argument('<caller>', 'workload.namespace@cluster')
    .argument('<service>', 'name.namespace:port, optionally with a path')
    .option('--run <id>', 'run id; required only if several meshes are up')
    .option('--traffic', 'also make real calls, and compare their answers with the predicted path', false)
    .addOption(noExec())
    .addHelpText(
      'after',
      examples(
        'explain sleep.sample@cluster1 helloworld.sample:5000',
        'explain sleep.sample@cluster1 helloworld.sample:5000/hello --output json',
      ),
    )
    .action(
      action<[string, string, { run?: string; exec: boolean; traffic: boolean }]>(
        async (options, _progress, caller, service, flags) =>
          (await import('../explain-command.js')).explainCommand(caller, service, flags, options),
      ),
    );

  program
    .command('why')
    .description('diagnose a mesh: the cause, the path of the call, the remedy; changes nothing')
    .argument('[run]', 'run id; required only if several meshes are up')
    .addOption(contexts('instead of a run: one context for each cluster of a mesh'))
    .addOption(kubeconfig())
    .option('--service <service>', 'namespace/name:port, optionally with a path; repeatable', several, [])
    .option('--rbac', 'print the required RBAC rules as YAML, and ask nothing', false)
    .addOption(noExec())
    .addHelpText(
      'after',
      examples(
        'why',
        'why --context east --context west',
        'why --context east --context west --service shop/cart:8080 --no-exec',
        'why --rbac',
      ),
    )
    .action(
      action<[string | undefined, WhyOptions]>(async (options, _progress, run, { context, service, exec, ...flags }) =>
        (await import('../why-command.js')).whyCommand(
          { ...flags, run, contexts: context, services: service, noExec: !exec },
          options,
        ),
      ),
    );

  program
    .command('doctor')
    .description('check whether this machine, or existing clusters, are ready for a run; changes nothing')
    .argument('[topology]', 'name or path')
    .addOption(contexts('existing clusters: one context for each'))
    .addOption(kubeconfig())
    .addHelpText('after', examples('doctor', 'doctor flat-multi-primary', 'doctor --context east --context west'))
    .action(
      action<[string | undefined, DoctorOptions]>(async (options, _progress, topology, { context, kubeconfig }) =>
        (await import('../doctor-command.js')).doctorCommand(topology, { contexts: context, kubeconfig }, options),
      ),
    );
}

interface DoctorOptions {
  context: string[];
  kubeconfig?: string;
}

interface WhyOptions {
  context: string[];
  kubeconfig?: string;
  service: string[];
  rbac: boolean;
  exec: boolean;
}

function noExec(): Option {
  return new Option('--no-exec', 'run nothing in pods; skips the checks that need it');
}
