"""Runs measured: metrics with intervals, comparisons, whole experiments, runs that are stored."""
