/** Where Python and Gymnasium 1.4.0 are there, a part of the golden data is made again and must be what is kept. */
import { describe, expect, it } from 'vitest';
import { golden } from './golden.js';
import { python, regenerate } from './python.js';

interface Trajectories {
  cases: { id: string; runs: { seed: number; sha256: string }[] }[];
}

describe.skipIf(python === null)('golden data made again', () => {
  it('random streams', () => {
    const { numpy: _, ...made } = regenerate('make_random.py') as Record<string, unknown>;
    const { numpy: __, ...kept } = golden<Record<string, unknown>>('random.json');
    expect(made).toEqual(kept);
  });

  it('trajectories of two seeds', () => {
    const made = regenerate('make_trajectories.py', '--seeds', '2') as Trajectories;
    const kept = golden<Trajectories>('trajectories.json');
    // Pendulum's rewards depend on the machine's sin.
    const brief = ({ cases }: Trajectories) =>
      cases
        .filter(({ id }) => id !== 'Pendulum-v1')
        .map(({ id, runs }) => [id, ...runs.slice(0, 2).map(({ sha256 }) => sha256)]);
    expect(brief(made)).toEqual(brief(kept));
  });

  it.each([
    ['make_spaces.py', 'space-samples.json'],
    ['make_toy_text.py', 'toy-text.json'],
    ['make_wrappers.py', 'wrapper-runs.json'],
    ['make_vector.py', 'vector.json'],
    ['make_names.py', 'names.json'],
  ])('%s', (script, name) => {
    expect(regenerate(script)).toEqual(golden(name));
  });
});
