// Boots the worker from TypeScript sources (tests, tsx): the built package starts async-worker.js directly.
import { register } from 'tsx/esm/api';

register();
await import('./async-worker.ts');
