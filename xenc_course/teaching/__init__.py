"""What a lesson does beside its subject: exercises that answer, and claims with their verdicts."""
