export { BlackjackEnv, type BlackjackObservation, type BlackjackOptions } from './blackjack.js';
export { CliffWalkingEnv, type CliffWalkingOptions } from './cliff-walking.js';
export { FROZEN_LAKE_MAPS, FrozenLakeEnv, type FrozenLakeOptions, generateRandomMap } from './frozen-lake.js';
export { categorical, TabularEnv, type Transition, type TransitionTable } from './tabular.js';
export { TaxiEnv, type TaxiOptions } from './taxi.js';
