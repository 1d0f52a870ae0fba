"""What a lesson does beside its subject: exercises that answer, and findings with their states."""
