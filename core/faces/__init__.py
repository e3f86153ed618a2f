"""Faces: detect, track, judge, crop, embed, cluster, measure."""
