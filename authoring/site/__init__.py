"""The website and the book: pages from the lessons' stored outputs, built by Sphinx in `build/`."""
