"""What people read of projects: the list, the account of a year, and the wall."""
