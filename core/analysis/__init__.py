"""The analysis of an episode: plan, units of work over time ranges, stages, publication."""
