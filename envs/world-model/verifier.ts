import { type VerifierConstants, verifierConstants } from './constants.js';
import { type DomainModel, loadDomain } from './domain.js';
import { type OutcomeModel, shippedOutcomeModel } from './outcome/model.js';
import type { Verifier, VerifierOptions } from './types.js';
import { CorruptedVerifier } from './verify/corrupted.js';
import { SyntaxVerifier, TrustingVerifier } from './verify/layer-zero.js';
import {
  NeuralSymbolicVerifier,
  NeuralVerifier,
  type RiskThreshold,
  riskThreshold,
} from './verify/neural.js';
import { RememberingVerifier } from './verify/remembering.js';
import { SymbolicVerifier } from './verify/symbolic.js';

/** What a verifier may be made with beside its options; the defaults are the shipped ones. */
export interface VerifierParts {
  readonly domain?: DomainModel;
  readonly constants?: VerifierConstants;
  readonly outcome?: OutcomeModel;
}

/** Share of the world model that mode `corrupted` gets wrong when the options do not say. */
export const DEFAULT_CORRUPTION = 0.05;

/**
 * A verifier of the given mode. Verifiers of one process share grounded tasks, constants and weights.
 * @throws ConfigError when a shipped file that the mode needs is missing or malformed
 */
export function createVerifier(options: VerifierOptions, parts: VerifierParts = {}): Verifier {
  const domain = parts.domain ?? loadDomain();
  const constants = parts.constants ?? verifierConstants();
  const symbolic = () => new SymbolicVerifier(options, domain, constants);
  const outcome = () => parts.outcome ?? shippedOutcomeModel(domain);
  const threshold = (kind: RiskThreshold) => riskThreshold(kind, constants.fitted, options.alpha);
  switch (options.mode) {
    case 'none':
      return new TrustingVerifier(domain, constants);
    case 'syntax':
      return new SyntaxVerifier(domain, constants);
    case 'symbolic':
      return new RememberingVerifier(symbolic());
    case 'neural':
      return new RememberingVerifier(new NeuralVerifier(threshold('costs'), domain, constants, outcome()));
    case 'neural-symbolic':
      return new RememberingVerifier(new NeuralSymbolicVerifier(symbolic(), threshold('costs'), outcome()));
    case 'neural-symbolic+conformal':
      return new RememberingVerifier(
        new NeuralSymbolicVerifier(symbolic(), threshold('conformal'), outcome()),
      );
    case 'corrupted':
      return new CorruptedVerifier(options, domain, constants, options.corruption ?? DEFAULT_CORRUPTION);
  }
}
