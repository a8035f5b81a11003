import { expect, it } from 'vitest';
import { blocks, run } from '../readme.js';

it('the example of the README prints what it says', () => {
  const [code] = blocks('packages/pddl/README.md', 'ts');
  const [output] = blocks('packages/pddl/README.md', 'text');
  expect(run(code!)).toEqual({ stdout: output, stderr: '' });
});
