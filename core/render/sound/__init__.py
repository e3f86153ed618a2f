"""What is heard in a cut: music, voice, ducking, loudness and the encoded track."""
