export { closeMatch } from './close-match.js';
export { type EnvId, getEnvId, parseEnvId } from './env-id.js';
export { type EnvTypes, type MakeOptions, make } from './make.js';
export { type MakeVecOptions, makeVec, type VectorizationMode } from './make-vec.js';
export { findHighestVersion, namespace, register, registry, spec } from './registry.js';
export type { EntryPoint, EnvSpec, Kwargs, SpecInit, VectorEntryPoint, WrapperSpec } from './spec.js';
export { formatRegistry, formatSpec, specFromJson, specToJson } from './spec-json.js';
export { buildWrapper, registerWrapper } from './wrapper-registry.js';
