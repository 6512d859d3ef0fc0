"""What is in a file: its kind, its layout as text, and what its columns hold."""
