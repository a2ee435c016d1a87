"""Thin rim: each module wraps one library behind one port and turns its errors into ours."""
