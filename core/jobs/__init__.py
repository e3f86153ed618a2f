"""One job, one table, one runner: queue, progress, cancel, recovery, events, executors."""
