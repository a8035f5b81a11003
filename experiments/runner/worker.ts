import { executeJob } from './execute.js';
import type { FromWorker, ToWorker } from './messages.js';

/*
 * A worker process: takes jobs from its parent, one at a time, until the parent lets go of it.
 */

const parent = process.ppid;

/**
 * A job is mostly synchronous, so the loss of the parent is not seen as an event while it runs: a worker whose parent is
 * gone has another parent.
 */
function leaveWithParent(): void {
  if (process.ppid !== parent) process.exit(1);
}

function tell(message: FromWorker): void {
  leaveWithParent();
  process.send!(message);
}

async function run({ job }: ToWorker): Promise<void> {
  try {
    await executeJob(job, {
      progress: (fraction) => tell({ type: 'progress', fraction }),
      stillWanted: leaveWithParent,
    });
    tell({ type: 'finished' });
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    tell({ type: 'failed', message, stack: stack ?? message });
  }
}

// A terminal sends Ctrl-C to the whole group: the parent decides what it means.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToWorker) => void run(message));
tell({ type: 'ready' });
