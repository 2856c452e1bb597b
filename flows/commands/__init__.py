"""What each command does; flows/cli.py says how it is called. Each module is imported only when its command runs."""
