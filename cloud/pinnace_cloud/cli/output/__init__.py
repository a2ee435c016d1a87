"""How answers look: coloured and fitted on a terminal, plain and stable in a pipe."""
