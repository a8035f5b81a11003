import { expect } from 'vitest';
import type { Cloud } from '../../../envs/cloud/index.js';
import { EVIDENCE_KINDS } from '../../../envs/cloud/interface.js';
import { production, run, struck } from './catalogue.js';

export const model = production();
export const INCIDENTS = 12;

export const each = (id: string, visit: (cloud: Cloud, index: number) => void, on = model): void => {
  for (let index = 0; index < INCIDENTS; index++) visit(struck(on, id, index), index);
};
export const service = (cloud: Cloud) =>
  cloud.inventory().services.find(({ id }) => id === cloud.truth().component)!;
export const active = (cloud: Cloud): string[] =>
  cloud
    .hidden()
    .find(({ id }) => id === cloud.truth().component)!
    .conditions.map(({ condition }) => condition);
export const metric = (cloud: Cloud, name: string): number => {
  const { components, metrics, values } = cloud.telemetry(EVIDENCE_KINDS, 7).services;
  return values[components.indexOf(cloud.truth().component) * metrics.length + metrics.indexOf(name)]!;
};
/** Steps that look like help and are not. */
export const neverRecovers = (id: string, ...plans: (readonly string[])[]): void => {
  for (const plan of plans) {
    each(id, (cloud) => {
      run(cloud, plan);
      expect(cloud.result().recoveredAt).toBeNull();
    });
  }
};
/** Attributes that hold at the struck service, as `condition.attribute`. */
export const conditions = (cloud: Cloud): string[] =>
  cloud
    .hidden()
    .find(({ id }) => id === cloud.truth().component)!
    .conditions.map(({ condition, attribute }) => `${condition}.${attribute}`);
/** What is deleted is not made anew by itself. */
export const losesTheLastReplicas = (id: string): void => {
  each(id, (cloud) => {
    expect(service(cloud).readyReplicas).toBeGreaterThan(0);
    run(cloud, ['recreate-pods ?s']);
    cloud.advanceTo(cloud.time + 300);
    expect(service(cloud).readyReplicas).toBe(0);
  });
};
