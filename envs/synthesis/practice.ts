import { z } from 'zod';
import { NODE_METRICS, SERVICE_METRICS, type ServiceKind, ZONE_METRICS } from '../cloud/interface.js';
import { ConfigError, displayPath, findConfig, loadYaml, unknownName } from '../config/index.js';
import { STRATEGIES } from './catalogue.js';

/** How widely a piece of know-how is known. */
export const KNOWN = ['common', 'uncommon', 'rare'] as const;
export type Known = (typeof KNOWN)[number];

const operationSchema = z.strictObject({
  names: z.array(z.string()).min(1),
  target: z.enum(['service', 'node', 'zone', 'none']),
  class: z.string(),
  /** An operation that does the same with less disruption. */
  gentler: z.string().optional(),
});

const stepSchema = z.strictObject({
  do: z.string(),
  on: z.enum(['culprit', 'node', 'zone', 'cluster']).default('culprit'),
  known: z.enum(KNOWN).optional(),
});

const remedySchema = z.strictObject({
  weight: z.number().positive(),
  known: z.enum(KNOWN),
  fits: z.array(z.enum(STRATEGIES)),
  steps: z.array(stepSchema).min(1),
});

const problemSchema = z.strictObject({
  area: z.string(),
  share: z.number().positive().max(1),
  says: z.array(z.array(z.string()).min(1)).min(1),
  remedies: z.array(remedySchema).min(1),
});

const habitSchema = z.strictObject({ first: z.array(stepSchema), last: z.array(stepSchema) });

const problemsFileSchema = z.strictObject({
  problems: z.record(z.string(), problemSchema),
  habits: z.strictObject({
    direct: habitSchema,
    'diagnose-first': habitSchema,
    'contain-first': habitSchema,
    'rollback-first': habitSchema,
    'least-risk': habitSchema,
  }),
  padding: z.array(z.string()).min(1),
});

/** Kinds of evidence; a sign names one. */
export const SIGN_KINDS = [
  'alert',
  'event',
  'log',
  'change',
  'metric',
  'node',
  'zone',
  'nodeCondition',
  'replication',
  'noChange',
] as const;
/** What the control plane may show of a service's copies. */
const REPLICATION_SIGNS = ['primary-missing', 'replica-missing', 'lagging'] as const;

/** Kinds of components that a sign may be limited to. */
const COMPONENT_KINDS = [
  'gateway',
  'service',
  'database',
  'cache',
  'queue',
] as const satisfies readonly ServiceKind[];

const threshold = z.number().optional();
const signSchema = z
  .strictObject({
    id: z.string(),
    alert: z.string().optional(),
    event: z.string().optional(),
    log: z.string().optional(),
    change: z.string().optional(),
    text: z.string().optional(),
    metric: z.enum(SERVICE_METRICS).optional(),
    node: z.enum(NODE_METRICS).optional(),
    zone: z.enum(ZONE_METRICS).optional(),
    nodeCondition: z.string().optional(),
    replication: z.enum(REPLICATION_SIGNS).optional(),
    noChange: z.string().optional(),
    /** Signs of the same symptom are views of one thing. */
    symptom: z.string().optional(),
    /** Kinds of components whose metric it is about. */
    kinds: z.array(z.enum(COMPONENT_KINDS)).optional(),
    above: threshold,
    below: threshold,
    aboveTimes: threshold,
    belowTimes: threshold,
    blames: z.enum(['self', 'other']).default('self'),
    speaks: z.record(z.string(), z.number()),
    known: z.enum(KNOWN),
  })
  .refine((sign) => SIGN_KINDS.filter((kind) => sign[kind] !== undefined).length === 1, {
    message: `expected exactly one of ${SIGN_KINDS.join(', ')}`,
  });

const suspicionSchema = z.strictObject({
  errors: z.number(),
  latency: z.number(),
  unready: z.number(),
  accused: z.number(),
  alerted: z.number(),
  eventful: z.number(),
  noisyLog: z.number(),
  changed: z.number(),
  excusedShare: z.number().min(0).max(1),
});

const signsFileSchema = z.strictObject({
  signs: z.array(signSchema).min(1),
  suspicion: suspicionSchema,
  recentChange: z.number().positive(),
});

export type Operation = z.infer<typeof operationSchema>;
export type PracticeStep = z.infer<typeof stepSchema>;
export type Remedy = z.infer<typeof remedySchema>;
export type Problem = z.infer<typeof problemSchema> & { readonly id: string };
export type Sign = z.infer<typeof signSchema>;
export type Suspicion = z.infer<typeof suspicionSchema>;
export type Habits = z.infer<typeof problemsFileSchema>['habits'];

/** Operational know-how: what evidence speaks for what problem, and what one does about it. */
export interface Practice {
  readonly operations: ReadonlyMap<string, Operation>;
  readonly problems: readonly Problem[];
  readonly habits: Habits;
  readonly padding: readonly string[];
  readonly signs: readonly Sign[];
  readonly suspicion: Suspicion;
  /** Seconds. */
  readonly recentChange: number;
}

function checkSteps(
  where: string,
  steps: readonly PracticeStep[],
  operations: ReadonlyMap<string, Operation>,
): void {
  for (const [index, step] of steps.entries()) {
    if (!operations.has(step.do))
      throw unknownName(`${where}[${index}].do`, 'an operation', step.do, [...operations.keys()]);
  }
}

function checkPattern(where: string, pattern: string | undefined): void {
  if (pattern === undefined) return;
  try {
    new RegExp(pattern);
  } catch {
    throw new ConfigError(`${where}: expected a regular expression, found "${pattern}"`);
  }
}

interface PracticeFiles {
  readonly operations: string;
  readonly problems: string;
  readonly signs: string;
}

const cache = new Map<string, Practice>();

/**
 * Know-how of `configs/practice/`, read once per process.
 * @throws ConfigError for a malformed file or a name that is not in the others
 */
export function loadPractice(): Practice {
  const files = {
    operations: findConfig('practice/operations.yaml'),
    problems: findConfig('practice/problems.yaml'),
    signs: findConfig('practice/signs.yaml'),
  };
  const key = Object.values(files).join('\n');
  let practice = cache.get(key);
  if (!practice) {
    practice = readPractice(files);
    cache.set(key, practice);
  }
  return practice;
}

function readPractice(files: PracticeFiles): Practice {
  const loaded = loadYaml(
    files.operations,
    z.strictObject({ operations: z.record(z.string(), operationSchema) }),
  );
  const operations = new Map(Object.entries(loaded.operations));
  for (const [id, { gentler }] of operations) {
    if (gentler !== undefined && !operations.has(gentler)) {
      throw unknownName(
        `${displayPath(files.operations)}: operations.${id}.gentler`,
        'an operation',
        gentler,
        [...operations.keys()],
      );
    }
  }
  const { problems, habits, padding } = loadYaml(files.problems, problemsFileSchema);
  const { signs, suspicion, recentChange } = loadYaml(files.signs, signsFileSchema);

  const problemsAt = displayPath(files.problems);
  for (const [id, problem] of Object.entries(problems)) {
    for (const [index, remedy] of problem.remedies.entries()) {
      checkSteps(`${problemsAt}: problems.${id}.remedies[${index}].steps`, remedy.steps, operations);
    }
  }
  for (const [strategy, { first, last }] of Object.entries(habits))
    checkSteps(`${problemsAt}: habits.${strategy}`, [...first, ...last], operations);
  checkSteps(
    `${problemsAt}: padding`,
    padding.map((name) => ({ do: name, on: 'culprit' })),
    operations,
  );
  const signsAt = displayPath(files.signs);
  signs.forEach((sign, index) => {
    for (const id of Object.keys(sign.speaks)) {
      if (!Object.hasOwn(problems, id))
        throw unknownName(`${signsAt}: signs[${index}].speaks`, 'a problem', id, Object.keys(problems));
    }
    for (const key of ['alert', 'event', 'log', 'text', 'nodeCondition'] as const)
      checkPattern(`${signsAt}: signs[${index}].${key}`, sign[key]);
  });
  return {
    operations,
    problems: Object.entries(problems).map(([id, problem]) => ({ id, ...problem })),
    habits,
    padding,
    signs,
    suspicion,
    recentChange,
  };
}
