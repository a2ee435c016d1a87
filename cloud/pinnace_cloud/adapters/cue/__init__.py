"""Evaluates CUE with the program `cue`: finds it, shuts it in, and asks it many questions at once."""
