"""What an instructor makes of the lessons: editions for a class. Everything goes to `build/`."""
