"""What is said about people in line: numbers given, called, sent on, joined, moved, finished."""
