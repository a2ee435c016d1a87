"""The picture of a fleet: sites as cells coloured by phase, a line of time per site, a plain log in a pipe.

`answer` is what is asked for, `sites` what is seen, `record` and `course` the way from the one to the other; `looks`,
`layout` and `drawing` make text of it; `view` shows it, `svg` saves it. Only the last three know rich.
"""
