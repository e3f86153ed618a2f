"""What pipelines want of decoded frames: each look is shown its frames in the shared pass over the video."""
