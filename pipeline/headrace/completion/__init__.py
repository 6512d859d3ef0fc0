"""Answers a shell's Tab key from what is on the disk: no YAML is read and nothing is composed."""
