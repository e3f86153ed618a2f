"""What annotations add up to: talk, turns, time on screen, durations and rates of labels, over many videos."""
