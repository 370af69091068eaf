"""Pure rules of studying: scheduling, the queue, days and rendering. No clock, no store, no HTTP."""
