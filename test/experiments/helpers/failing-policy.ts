import { registerPolicy } from '../../../agents/index.js';

/* A researcher's own module with policies that go wrong: one throws when asked, one takes its process down. */

registerPolicy('throwing', {
  create: () => ({
    predict: () => {
      throw new Error('this policy cannot decide');
    },
  }),
});

registerPolicy('crashing', { create: () => ({ predict: () => process.exit(7) }) });
