import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../envs/config/index.js';
import { constantsPage } from '../../../scripts/cloud-constants.js';

it('docs/cloud-constants.md shows every constant as it is', () => {
  expect(readFileSync(join(packageRoot, 'docs/cloud-constants.md'), 'utf8')).toBe(constantsPage());
});
