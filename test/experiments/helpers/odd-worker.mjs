// A worker whose jobs do what their seed says: 0 finishes, 1 throws, 2 takes the process down, 3 never ends.
process.on('disconnect', () => process.exit(0));
process.on('message', ({ job }) => {
  process.send({ type: 'progress', fraction: 0.5 });
  if (job.seed === 0) process.send({ type: 'finished' });
  else if (job.seed === 1) process.send({ type: 'failed', message: 'boom', stack: 'boom\n  at x' });
  else if (job.seed === 2) process.exit(9);
});
