/** The other end of `Child.ask`: answers one job at a time, and goes when the parent goes. */
export function answerJobs<Job>(work: (job: Job) => Promise<object>): void {
  process.once('disconnect', () => process.exit(0));
  // Ctrl-C reaches the whole group; the parent decides what it means.
  process.on('SIGINT', () => {});
  process.on('message', (job: Job) => {
    work(job).then(
      (answer) => process.send?.(answer),
      (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
    );
  });
}
