import type { Inventory, PrimitiveCall } from '../../cloud/interface.js';
import type { Belief, ConditionAt, Plan } from '../types.js';

/** One executed step, logged: what the step networks learn from. */
export interface ExecutedStep {
  readonly call: PrimitiveCall;
  /** What the control plane showed when the step began. */
  readonly inventory: Inventory;
  /** Injected conditions that held when it began, and those of them that still held when the next began (or watching ended). */
  readonly before: readonly ConditionAt[];
  readonly after: readonly ConditionAt[];
  readonly seconds: number;
  readonly done: boolean;
  /** Kinds of violation that it added. */
  readonly harm: readonly string[];
}

/** A plan that was judged by executing it on a copy of the cloud, as only the healing room can. */
export interface JudgedPlan {
  readonly plan: Plan;
  readonly belief: Belief;
  readonly inventory: Inventory;
  /** The incident recovers for good. */
  readonly recovers: boolean;
  /** Safety violations that its execution added. */
  readonly violations: number;
  /** Seconds that executing and watching it takes: what accepting it costs when it does not recover. */
  readonly seconds: number;
  /** Seconds of the turn that wrote it: what rejecting it costs when it would have recovered. */
  readonly turnSeconds: number;
  /** Plans for one incident share it, so that none is on both sides of a split. */
  readonly incident: number;
  /** Family of the incident's fault, for tables; nothing that judges may see it. */
  readonly family?: string;
  /** The steps that were executed, in order. */
  readonly steps?: readonly ExecutedStep[];
  /** The belief comes from a perception that was trained on this fault type. Default true. */
  readonly familiar?: boolean;
}

/** A plan is right when the incident recovers and nothing that must not happen has happened. */
export function isRight({ recovers, violations }: JudgedPlan): boolean {
  return recovers && violations === 0;
}
