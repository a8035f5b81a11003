import { defaultRng } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { Cloud } from '../../../envs/cloud/index.js';
import { EVIDENCE_KINDS } from '../../../envs/cloud/interface.js';
import { createVerifier, type Plan, perceive, type Verifier } from '../../../envs/world-model/index.js';
import { RememberingVerifier } from '../../../envs/world-model/verify/remembering.js';
import { production } from '../cloud/catalogue.js';

const context = { time: 0, rng: defaultRng(1) };

function incident(index: number) {
  const cloud = new Cloud(production(), { split: 'seen', partition: 'train', index });
  const inventory = cloud.inventory();
  return { belief: perceive(cloud.telemetry(EVIDENCE_KINDS, 0), inventory), inventory };
}

const plan = (name: string, service: string, condition = 'capacity-short'): Plan => ({
  diagnosis: [{ condition, component: service }],
  steps: [{ name, args: [service] }],
});

/** A verifier that counts how often it is asked. */
function counting(): { asked: () => number; verifier: Verifier } {
  let asked = 0;
  const inner: Verifier = {
    readsBelief: true,
    verify: () => ({
      accepted: true,
      feasibility: ++asked,
      predictedMttr: 1,
      failures: [],
      seconds: 1,
    }),
  };
  return { asked: () => asked, verifier: new RememberingVerifier(inner) };
}

describe('RememberingVerifier', () => {
  it('asks once for equal plans of one look, and again for another plan, belief or inventory', () => {
    const { asked, verifier } = counting();
    const { belief, inventory } = incident(1);
    const verify = (one: Plan) => verifier.verify(one, belief, inventory, context).feasibility;
    expect(verify(plan('scale-out', 'cartservice'))).toBe(1);
    expect(verify(plan('scale-out', 'cartservice'))).toBe(1);
    expect(verify(plan('scale-out', 'adservice'))).toBe(2);
    expect(verify(plan('rolling-restart', 'cartservice'))).toBe(3);
    expect(verify(plan('scale-out', 'cartservice', 'process-stale'))).toBe(4);
    expect(verify({ ...plan('scale-out', 'cartservice'), steps: [] })).toBe(5);
    expect(verify(plan('scale-out', 'cartservice'))).toBe(1);
    expect(asked()).toBe(5);
    verifier.verify(plan('scale-out', 'cartservice'), { ...belief }, inventory, context);
    verifier.verify(plan('scale-out', 'cartservice'), belief, { ...inventory }, context);
    expect(asked()).toBe(7);
  });

  it.each(['symbolic', 'neural', 'neural-symbolic', 'neural-symbolic+conformal'] as const)(
    'gives mode %s the verdicts that a new verifier gives',
    (mode) => {
      const options = { mode, k: 8, alpha: 0.1 };
      const remembering = createVerifier(options);
      for (let index = 0; index < 4; index++) {
        const { belief, inventory } = incident(index);
        const service = inventory.services.find(({ kind }) => kind === 'service')!.id;
        for (const one of ['scale-out', 'rolling-restart', 'scale-out'].map((name) => plan(name, service)))
          expect(remembering.verify(one, belief, inventory, context)).toEqual(
            createVerifier(options).verify(one, belief, inventory, context),
          );
      }
    },
  );
});
