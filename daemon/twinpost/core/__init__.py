"""What twinpost knows and decides. Values in, effects out; no I/O, no clock, no randomness."""
