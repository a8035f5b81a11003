export {
  type Bank,
  type BankHeader,
  type BankRecord,
  feedbackKey,
  planOf,
  Recorder,
  Replay,
  readBank,
} from './bank.js';
export { loadMetaPrompts, maskFor, metaPromptSchema } from './catalogue.js';
export { type Exemplar, loadExemplars, nearestExemplar } from './exemplars.js';
export {
  createSynthesizer,
  type SharedSources,
  type SynthesisContext,
  type SynthesizerConfig,
  type SynthesizerInput,
  synthesizerSchema,
} from './factory.js';
export { type FeedbackContents, feedbackContents } from './feedback.js';
export {
  type Fit,
  fitProfile,
  fittedProfile,
  type JudgedCompletion,
  type JudgedPlan,
  type Mistake,
} from './fit.js';
export { type ParseResult, parsePlan } from './parse.js';
export { PLAN_LIMITS, planJsonSchema } from './plan-schema.js';
export { loadPractice, type Practice } from './practice.js';
export { type LlmProfile, loadProfile, profileNames } from './profile.js';
export { PromptBuilder, type PromptContents, type RenderedPrompt } from './prompt.js';
export { SurrogateSynthesizer } from './surrogate/index.js';
export * from './types.js';
export { nodeIds, type PrimitiveSignature, serviceIds, type Vocabulary, vocabularyOf } from './vocabulary.js';
export { loadWording, type Wording } from './wording.js';
