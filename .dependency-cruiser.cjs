/**
 * The walls between rooms (docs/architecture.md): imports run one way,
 * experiments → agents, healing → synthesis → world-model → cloud → packages; `envs/config` (reading YAML with
 * one-line errors) is below all rooms of the project and knows none of them.
 */
const rooms = (...names) => `^(${names.join('|')})/`;

module.exports = {
  forbidden: [
    {
      name: 'packages-stand-alone',
      comment: 'A package imports nothing of the project but another package.',
      severity: 'error',
      from: { path: rooms('packages') },
      to: { path: rooms('envs', 'agents', 'experiments') },
    },
    {
      name: 'pddl-and-gymnasium-import-no-sibling',
      severity: 'error',
      from: { path: '^packages/(pddl|gymnasium-js)/' },
      to: { path: '^packages/', pathNot: '^packages/$1/' },
    },
    {
      name: 'config-knows-no-room',
      severity: 'error',
      from: { path: '^envs/config/' },
      to: { path: '^(envs/(cloud|world-model|synthesis|healing)|agents|experiments)/' },
    },
    {
      name: 'cloud-sees-packages-only',
      severity: 'error',
      from: { path: '^envs/cloud/' },
      to: { path: '^(envs/(world-model|synthesis|healing)|agents|experiments)/' },
    },
    {
      name: 'only-healing-sees-hidden-state',
      comment: 'Everybody else sees envs/cloud/interface.ts and nothing more of the cloud.',
      severity: 'error',
      from: { path: '^(envs/(world-model|synthesis)|agents|experiments)/' },
      to: { path: '^envs/cloud/', pathNot: '^envs/cloud/interface[.]ts$' },
    },
    {
      name: 'world-model-below-synthesis',
      severity: 'error',
      from: { path: '^envs/world-model/' },
      to: { path: '^(envs/(synthesis|healing)|agents|experiments)/' },
    },
    {
      name: 'synthesis-below-healing',
      severity: 'error',
      from: { path: '^envs/synthesis/' },
      to: { path: '^(envs/healing|agents|experiments)/' },
    },
    {
      name: 'healing-below-experiments',
      severity: 'error',
      from: { path: '^envs/healing/' },
      to: { path: '^(agents|experiments)/' },
    },
    {
      name: 'agents-import-packages-only',
      severity: 'error',
      from: { path: '^agents/' },
      to: { path: '^(envs|experiments)/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(@tensorflow/|node-llama-cpp)' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|build|assembly)/' },
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
