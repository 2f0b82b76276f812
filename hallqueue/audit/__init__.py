"""The auditor's view of the log: asked for lines, in words, as a file."""
