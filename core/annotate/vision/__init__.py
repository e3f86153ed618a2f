"""From what looks noted of the frames to annotations: shots, faces, people, movement, clips."""
