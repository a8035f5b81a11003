import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { ConfigError, packageRoot } from '../../envs/config/index.js';

/*
 * The command line. A command's module is loaded when the command is used, so that `pase --help` is quick. A mistake of the
 * user's is one line and exit code 2; a failure is one line (the whole stack with PASE_DEBUG=1) and exit code 1.
 */

const program = new Command('pase')
  .description('Train and compare meta-prompt agents for a self-healing cloud.')
  .version(
    (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }).version,
  )
  .showSuggestionAfterError(true)
  .configureOutput({
    outputError: (text, write) =>
      write(
        `pase: ${text
          .replace(/^error: /, '')
          .trim()
          .replaceAll('\n', ' ')}\n`,
      ),
  })
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : 2);
  });

/** An option that may be given several times, its values in a list. */
const several = (value: string, before: string[]): string[] => [...before, value];

program
  .command('run')
  .description('run an experiment file: train, evaluate, compare, report')
  .argument('<config>', 'experiment file, or its name in configs/experiments')
  .option('--out <dir>', 'run folder (default: runs/<name>)')
  .option('--seeds <n>', 'number of training seeds')
  .option('--workers <n>', 'processes (default: one a core)')
  .option('--resume', 'keep the seed-runs that are finished')
  .option('--quick', 'a small version of the experiment: to see that it works, no result')
  .option('--dry-run', 'say what would run, and run nothing')
  .option(
    '--set <path=value>',
    'change the experiment, e.g. --set train.llmCalls=5000 (may be repeated)',
    several,
    [],
  )
  .option('--json', 'print the summary as JSON instead of a table')
  .action(async (config: string, options) => (await import('./run.js')).runCommand(config, options));

program
  .command('report')
  .description('make the table, the statistics and report.html of a run folder again')
  .argument('<dir>', 'run folder')
  .option('--json', 'print the summary as JSON instead of a table')
  .action(async (dir: string, options) => (await import('./report.js')).reportCommand(dir, options));

program
  .command('evaluate')
  .description('test a trained policy of a run folder on other incidents')
  .argument('<dir>', 'folder of a seed-run, e.g. runs/quickstart/ppo/seed-0')
  .option('--split <name>', 'split to test on', 'seen')
  .option('--partition <name>', 'partition to draw from', 'test')
  .option('--incidents <n>', 'number of incidents', '200')
  .option('--json', 'print JSON instead of a table')
  .action(async (dir: string, options) => (await import('./evaluate.js')).evaluateCommand(dir, options));

program
  .command('incident')
  .description(
    'play one incident in the terminal: alerts, belief, prompt, plan, verdict, execution, recovery',
  )
  .option('--seed <n>', 'number of the incident', '7')
  .option('--split <name>', 'split that the incident is of', 'seen')
  .option('--partition <name>', 'partition that the incident is of', 'test')
  .option('--fault <type>', 'inject this fault type instead of the drawn one')
  .option('--component <id>', 'inject it here instead of where it was drawn')
  .option('--topology <name>', 'cloud', 'online-boutique')
  .option('--overlay <name>', 'as-shipped (one replica) or production', 'production')
  .option('--synthesizer <kind>', 'who writes plans: surrogate, openai, runbook, planner …', 'surrogate')
  .option('--profile <name>', 'language-model profile of the surrogate', 'mid')
  .option('--verifier <mode>', 'verification: none, syntax, symbolic …', 'symbolic')
  .option('--prompt <name>', 'meta-prompt to open with', 'diagnose-logs')
  .option('--repair <name>', 'meta-prompt after a rejected plan', 'repair-advice-plan')
  .option('--policy <kind>', 'who chooses instead: a policy kind, or the folder of a seed-run')
  .option('--json', 'print the whole trajectory as JSON lines: hidden state, telemetry, turns, actions, SLO')
  .action(async (options) => (await import('./incident.js')).incidentCommand(options));

program
  .command('room')
  .description('before training: what choosing meta-prompts well could save over the best fixed one')
  .argument('<config>', 'experiment file, or its name in configs/experiments')
  .option('--incidents <n>', 'number of incidents of the select partition', '200')
  .option('--set <path=value>', 'change the experiment (may be repeated)', several, [])
  .option('--no-composed', 'leave out composed prompts, which take three quarters of the time')
  .option('--json', 'print JSON instead of a table')
  .action(async (config: string, options) => (await import('./room.js')).roomCommand(config, options));

program
  .command('train-perception')
  .description('train what the world model perceives, on incidents of seen/fit only, and write its weights')
  .argument('[config]', 'settings (default: configs/world-model/perception.yaml)')
  .option('--arm <name>', 'evidence to read beside alerts and inventory: metrics, events, logs', 'events')
  .option('--incidents <n>', 'number of incidents instead of that of the settings')
  .option('--out <file>', 'where to write the weights (default: configs/world-model/perception-<arm>.json)')
  .option('--json', 'print the model card as JSON')
  .action(async (config: string | undefined, options) =>
    (await import('./train-perception.js')).trainPerceptionCommand(config, options),
  );

program
  .command('evaluate-perception')
  .description(
    'detection, localisation and diagnosis on test incidents, beside n-sigma, BARO-style and rules',
  )
  .option('--topologies <names>', 'clouds, separated by commas', 'online-boutique')
  .option('--splits <names>', 'splits, separated by commas', 'seen,unseen-type')
  .option('--incidents <n>', 'number of incidents per split', '400')
  .option('--figures <folder>', 'draw the reliability of every split there, as SVG')
  .option('--json', 'print JSON instead of a table')
  .action(async (options) => (await import('./evaluate-perception.js')).evaluatePerceptionCommand(options));

program
  .command('evaluate-verifier')
  .description(
    'false accepts and rejects of every verification mode against the cloud, on plans for test incidents',
  )
  .option('--topology <name>', 'cloud', 'online-boutique')
  .option('--splits <names>', 'splits, separated by commas', 'seen,unseen-type')
  .option(
    '--profiles <names>',
    'surrogate profiles that write the plans, separated by commas',
    'weak,mid,strong',
  )
  .option('--incidents <n>', 'number of incidents per split and profile', '200')
  .option('--alpha <level>', 'error level of the thresholds', '0.1')
  .option('--by <what>', 'also tell plans apart by family or length')
  .option('--figures <folder>', 'draw errors and reliability of every split there, as SVG')
  .option('--json', 'print JSON instead of a table')
  .action(async (options) => (await import('./evaluate-verifier.js')).evaluateVerifierCommand(options));

program
  .command('train-outcome')
  .description(
    'train what the verifier expects of plans, on executed plans of seen/fit only, and write its weights',
  )
  .argument('[config]', 'settings (default: configs/world-model/outcome.yaml)')
  .option('--incidents <n>', 'number of incidents per prior and profile instead of that of the settings')
  .option('--out <file>', 'where to write the weights (default: configs/world-model/outcome.json)')
  .option('--json', 'print the model card as JSON')
  .action(async (config: string | undefined, options) =>
    (await import('./train-outcome.js')).trainOutcomeCommand(config, options),
  );

program
  .command('calibrate-verifier')
  .description("fit the verifier's constants on plans for incidents of seen/calibrate, and write them")
  .argument('[config]', 'settings (default: configs/world-model/calibration.yaml)')
  .option('--incidents <n>', 'number of incidents per profile instead of that of the settings')
  .option('--out <file>', 'constants file to change (default: configs/world-model/verifier.yaml)')
  .option('--json', 'print the fit as JSON')
  .action(async (config: string | undefined, options) =>
    (await import('./calibrate-verifier.js')).calibrateVerifierCommand(config, options),
  );

program
  .command('record')
  .description("record a language model's answers to incidents; the same command goes on where it stopped")
  .argument('<config>', 'experiment file, or its name in configs/experiments; its synthesizer answers')
  .requiredOption('--out <bank>', 'file of the bank, one line of JSON per answer')
  .option('--incidents <n>', 'number of incidents', '20')
  .option('--split <name>', 'split that the incidents are of', 'seen')
  .option('--partition <name>', 'partition that the incidents are of', 'fit')
  .option('--repairs <n>', 'most answers to a rejection after each first answer', '1')
  .option('--set <path=value>', 'change the experiment (may be repeated)', several, [])
  .option('--json', 'print JSON instead of text')
  .action(async (config: string, options) => (await import('./record.js')).recordCommand(config, options));

program
  .command('calibrate')
  .description('fit a profile of the surrogate to a bank of recorded answers, and write it')
  .argument('<bank>', 'file that `pase record` wrote')
  .option('--name <name>', "the profile's name (default: the bank's file name)")
  .option('--base <profile>', 'profile that gives what a bank cannot tell', 'mid')
  .option('--out <file>', 'where to write it (default: configs/llm-profiles/<name>.yaml)')
  .option('--json', 'print the fit as JSON')
  .action(async (bank: string, options) =>
    (await import('./calibrate-profile.js')).calibrateProfileCommand(bank, options),
  );

program
  .command('verify')
  .description('judge a plan by the rules of PDDL: exit code 0 valid, 1 invalid, 2 bad input')
  .argument('<domain>', 'PDDL file')
  .argument('<problem>', 'PDDL file')
  .argument('<plan>', 'one (action object …) a line')
  .option('--all', 'carry on after a failure and report all of them')
  .option('--trace', 'say what every step changes')
  .option('--json', "print the validator's result")
  .action(async (domain: string, problem: string, plan: string, options) =>
    (await import('./verify.js')).verifyCommand(domain, problem, plan, options),
  );

program
  .command('plan')
  .description('search a plan: exit code 0 with a plan, 1 without, 2 bad input')
  .argument('<domain>', 'PDDL file')
  .argument('<problem>', 'PDDL file')
  .option('--greedy', 'some plan fast, instead of a cheapest one')
  .option('--heuristic <name>', 'blind, hmax, lmcut, hadd, hff (default: lmcut; hff with --greedy)')
  .option('--max-nodes <n>', 'most nodes to expand', '100000')
  .option('--json', 'print the result of the search')
  .action(async (domain: string, problem: string, options) =>
    (await import('./plan.js')).planCommand(domain, problem, options),
  );

program
  .command('export-pddl')
  .description('write the PDDL problem of one incident, true conditions included')
  .option('--seed <n>', 'number of the incident', '7')
  .option('--split <name>', 'split that the incident is of', 'seen')
  .option('--partition <name>', 'partition that the incident is of', 'test')
  .option('--topology <name>', 'cloud', 'online-boutique')
  .action(async (options) => (await import('./export-pddl.js')).exportPddlCommand(options));

program
  .command('export')
  .description("write a trained agent's network for other software")
  .argument('<checkpoint>', 'folder that an agent was saved to, or of a seed-run')
  .option('--format <name>', 'tfjs-layers: a TensorFlow.js LayersModel', 'tfjs-layers')
  .option('--out <dir>', 'folder to write (default: <checkpoint>-<format>)')
  .action(async (checkpoint: string, options) =>
    (await import('./export.js')).exportCommand(checkpoint, options),
  );

program
  .command('envs')
  .description('list registered environments, topologies, faults, meta-prompts and profiles')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./envs.js')).envsCommand(options));

program
  .command('doctor')
  .description('say what is installed, and which engine, planner and synthesizer would be used')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./doctor.js')).doctorCommand(options));

program
  .command('schema')
  .description('print the JSON schema of experiment files, for editors')
  .action(async () => (await import('./schema.js')).schemaCommand());

// A reader that has seen enough, such as `head`, closes the pipe: that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  await program.parseAsync();
} catch (error) {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`pase: ${process.env.PASE_DEBUG ? stack : message}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
}
