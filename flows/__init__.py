"""The world: files, schedule, order of stages, command line."""
