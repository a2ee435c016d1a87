"""What makes a cluster live: each controller looks at one kind and brings what follows from it towards what it says.

A controller keeps nothing of its own: it reads the store, writes through the same rules as everybody, and may ask to
look again later. So any order of events ends in the same state.
"""
