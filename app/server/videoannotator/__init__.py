"""The VideoAnnotator API: pipelines that annotate videos, as jobs, with their files."""
