"""The pure core: text in, figures and findings out. No protocol, no files, no globals."""
