"""The pages of citizens, staff and managers, in Django's client and in a real browser."""
