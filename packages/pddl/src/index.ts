/**
 * PDDL 2.1 level 2 with PDDL 3 trajectory constraints over sequential plans: parse, ground, validate, plan, print.
 */
export type * from './ast.js';
export { type Location, PddlError, type PddlErrorDetails, PddlTaskError } from './errors.js';
export { ApplyStatus, GroundAction } from './ground/action.js';
export type { LookupFailure } from './ground/actions.js';
export { type Goal, type GroundOptions, ground, Task } from './ground/task.js';
export { parseDomain } from './parse/domain.js';
export { parsePlan } from './parse/plan.js';
export { parseCondition, parseProblem } from './parse/problem.js';
export { numberText, printCondition, printDomain, printPlan, printProblem } from './print/print.js';
export {
  conditionsInnermost,
  constraintsInProblem,
  endConstraintsInGoal,
  renameFunction,
} from './print/transform.js';
export { createProblem, type ProblemParts } from './problem.js';
export type { HeuristicName } from './search/heuristic.js';
export { type PlanOptions, type PlanResult, plan, type StopReason } from './search/plan.js';
export { State } from './state.js';
export { TypeHierarchy } from './types.js';
export { ResolvedPlan, resolvePlan } from './validate/resolve.js';
export {
  type AdviceTree,
  type TraceEntry,
  VALIDATION_KINDS,
  type ValidationFailure,
  type ValidationKind,
  type ValidationResult,
} from './validate/result.js';
export { type ValidateOptions, validate } from './validate/validate.js';
