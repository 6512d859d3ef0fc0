"""Many trials of one pipeline."""
