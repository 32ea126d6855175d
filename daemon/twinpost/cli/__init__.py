"""The commands: they ask, print and set exit codes."""
