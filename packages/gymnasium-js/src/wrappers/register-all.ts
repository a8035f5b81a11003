/** Makes this package's wrappers known by name, so that specs can be rebuilt; imported for its effect. */
import type { AnyEnv } from '../core/env.js';
import type { Kwargs } from '../envs/registration/spec.js';
import { registerWrapper } from '../envs/registration/wrapper-registry.js';
import * as wrappers from './index.js';

type Constructor = new (env: AnyEnv, ...args: never[]) => unknown;

/** How keyword arguments become positional ones: the named ones first, the rest as options. */
function known(Wrapper: unknown, ...positional: readonly string[]): void {
  const Ctor = Wrapper as Constructor;
  registerWrapper(Ctor.name, (env, kwargs: Kwargs) => {
    const options = Object.fromEntries(Object.entries(kwargs).filter(([key]) => !positional.includes(key)));
    const args = [...positional.map((key) => kwargs[key]), options] as never[];
    return new Ctor(env, ...args) as AnyEnv;
  });
}

known(wrappers.Autoreset);
known(wrappers.ClipAction);
known(wrappers.ClipReward);
known(wrappers.DelayObservation, 'delay');
known(wrappers.DiscretizeAction, 'bins');
known(wrappers.DiscretizeObservation, 'bins');
known(wrappers.DtypeObservation, 'dtype');
known(wrappers.FilterObservation, 'filterKeys');
known(wrappers.FlattenObservation);
known(wrappers.FrameStackObservation, 'stackSize');
known(wrappers.MaxAndSkipObservation, 'skip');
known(wrappers.NormalizeObservation);
known(wrappers.NormalizeReward);
known(wrappers.RecordEpisodeStatistics);
known(wrappers.RenderCollection);
known(wrappers.RepeatAction, 'numRepeats');
known(wrappers.RescaleAction, 'minAction', 'maxAction');
known(wrappers.RescaleObservation, 'minObs', 'maxObs');
known(wrappers.ReshapeObservation, 'shape');
known(wrappers.StickyAction, 'repeatActionProbability');
known(wrappers.TimeAwareObservation);
