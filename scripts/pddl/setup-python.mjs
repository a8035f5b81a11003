// Makes a Python environment with the outside judges of the PDDL engine, for the differential tests and peer
// benchmarks: `node scripts/pddl/setup-python.mjs`. Tests find it in .pase-cache, or through PASE_PDDL_PYTHON, or use `python3`.
import { setupPython } from '../python-environment.mjs';

setupPython({
  name: 'pddl-python',
  packages: ['unified-planning==1.3.0', 'up-fast-downward==1.0.0'],
  seconds: 300,
  without: 'tests against outside judges will be skipped',
});
