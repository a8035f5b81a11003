import type { Info } from '../../core/info.js';
import { after, type InMode, type Mode } from '../../core/mode.js';
import { infoOf } from '../../vector/info.js';
import type { VectorResetOptions, VectorResetResult, VectorStepResult } from '../../vector/vector-env.js';
import { VectorWrapper } from '../../vector/vector-wrapper.js';

/**
 * Adds `infos.list`: the infos as one object for each environment, beside the columns. Put it outermost.
 *
 * (Gymnasium's wrapper of this name replaces the infos; here their type stays.)
 */
export class DictInfoToList<Obs, Act, M extends Mode = 'sync'> extends VectorWrapper<Obs, Act, M> {
  #list(infos: VectorResetResult<Obs>[1]): Info[] {
    return Array.from({ length: this.numEnvs }, (_, i) => infoOf(infos, i, this.numEnvs));
  }

  override reset(options: VectorResetOptions = {}): InMode<VectorResetResult<Obs>, M> {
    return after<VectorResetResult<Obs>, VectorResetResult<Obs>, M>(this.env.reset(options), (result) => {
      result[1].list = this.#list(result[1]);
      return result;
    });
  }

  override step(actions: Act): InMode<VectorStepResult<Obs>, M> {
    return after<VectorStepResult<Obs>, VectorStepResult<Obs>, M>(this.env.step(actions), (result) => {
      result[4].list = this.#list(result[4]);
      return result;
    });
  }
}
