"""What follows from a message or a moment: values in, effects and reasons out."""
