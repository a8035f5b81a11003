import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Packages resolve to their sources, so that no test ever sees a stale build.
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
