export { beliefSummary, believed, type ConditionSummary } from './belief-summary.js';
export {
  acceptThreshold,
  type VerifierConstants,
  VerifierConstantsSchema,
  verifierConstants,
} from './constants.js';
export { DEFAULT_DOMAIN, type DomainModel, loadDomain, type Primitive, readDomain } from './domain.js';
export { domainServices, zoneIds } from './fact-source.js';
export { fitVerifier, type VerifierFit } from './fit-verifier.js';
export { hypotheses } from './hypotheses.js';
export { type ExecutedStep, isRight, type JudgedPlan } from './outcome/executed.js';
export { OutcomeModel, shippedOutcomeModel } from './outcome/model.js';
export { type OutcomeTraining, trainOutcome } from './outcome/train.js';
export { OUTCOME_PATH, type OutcomeWeights } from './outcome/weights.js';
export { perceive, shippedAlarm, shippedPerceiver } from './perceive.js';
export { Alarm, alarmEvidence } from './perception/alarm.js';
export { baroStyle, type Localiser, nSigma, rules } from './perception/baselines.js';
export { collect, type Dataset, type LabelledExample } from './perception/dataset.js';
export { type HealthyDay, healthyDay, LargestDeviation } from './perception/deviations.js';
export { DENSE_FEATURES } from './perception/feature-columns.js';
export { PERCEPTION_ARMS, type PerceptionArm } from './perception/features.js';
export { fitAlarm } from './perception/fit-alarm.js';
export { Perceiver } from './perception/perceiver.js';
export {
  bestThreshold,
  f1Of,
  PerceptionScorer,
  type PerceptionScores,
  rankComponents,
} from './perception/scores.js';
export { topologyView } from './perception/topology-view.js';
export { type PerceptionTraining, type TrainedPerception, trainPerception } from './perception/train.js';
export {
  loadWeights,
  type PerceptionWeights,
  PerceptionWeightsSchema,
  weightsPath,
} from './perception/weights.js';
export { type PlanLimits, planFor } from './plan-for.js';
export { goalText, problemText } from './problem-text.js';
export { type RecoveryPhrases, recoveryPhrases } from './recovery-phrases.js';
export { type PlanRun, RecoveryTask, recoveryTask } from './recovery-task.js';
export * from './types.js';
export { type Share, VerdictScorer, type VerdictScores, wilson } from './verdict-scores.js';
export {
  renderAdvice,
  renderConditions,
  renderFailure,
  renderHypothesis,
  renderVerdict,
} from './verdict-text.js';
export { createVerifier, DEFAULT_CORRUPTION, type VerifierParts } from './verifier.js';
export { type RiskThreshold, riskThreshold } from './verify/neural.js';
export { plannedSeconds } from './verify/seconds.js';
