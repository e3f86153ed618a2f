"""Reading media: probe, frame table, one-pass decoding, exact seeking, audio, waveform."""
