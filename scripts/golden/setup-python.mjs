// Makes a Python environment with Gymnasium, for the tests that make golden data again and for bench/gymnasium.ts:
// `node scripts/golden/setup-python.mjs`. They find it in .pase-cache, or through GYMNASIUM_PYTHON, or use `python3`.
import { setupPython } from '../python-environment.mjs';

setupPython({
  name: 'gymnasium-python',
  packages: ['gymnasium==1.4.0', 'numpy==2.4.6'],
  seconds: 60,
  without: 'tests that make golden data again will be skipped',
});
