"""The Annotate page: pipelines over many videos, what they found and what people mark as lanes, and comparing both."""
