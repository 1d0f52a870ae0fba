"""The questions of each lesson's quiz."""
