"""What the machine proposes to a person: merges, cast matches, singletons, mixed tracks, outliers."""
