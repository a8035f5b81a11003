import type { Cloud } from '../cloud/index.js';
import type { ConditionAt } from '../world-model/index.js';

/**
 * Conditions that need not be active at their service to hold, with those that feed them: processes hold what any bad source gave
 * them, and a bad release burns capacity for as long as pods run it.
 */
const FED_BY: Readonly<Record<string, 'any' | readonly string[]>> = {
  'process-stale': 'any',
  'capacity-short': ['artifact-bad'],
};

/**
 * The injected conditions that still hold: those active at their service, and those fed by another injected condition of the
 * service that is active, or by what its pods still carry of one.
 */
export function conditionsNow(cloud: Cloud): ConditionAt[] {
  const { conditions } = cloud.truth();
  const services = new Map(cloud.hidden().map((service) => [service.id, service]));
  const active = ({ condition, component }: ConditionAt): boolean =>
    services.get(component)?.conditions.some((one) => one.condition === condition) ?? false;
  const carried = (component: string): boolean =>
    services.get(component)?.pods.some(({ carries }) => carries.length > 0) ?? false;
  return conditions.filter((one) => {
    const feeders = FED_BY[one.condition];
    if (active(one)) return true;
    if (!feeders) return false;
    const fed = conditions.filter(
      ({ condition, component }) =>
        component === one.component &&
        condition !== one.condition &&
        (feeders === 'any' || feeders.includes(condition)),
    );
    return fed.some(active) || ((feeders === 'any' || fed.length > 0) && carried(one.component));
  });
}
