"""The picture of a fleet: sites as cells coloured by phase, a line of time per site, a plain log in a pipe.

`answer` is what is asked for, `sites` what is seen, `record` and `course` the way from the one to the other; `looks`,
`layout` and `drawing` make text of it; `view` shows it, `svg` saves it.

Whoever shows a fleet needs an `Observer` and a `View`:

    observer = Observer(client, clock)
    with view.opened(clock) as shown:
        shown.show(observer.read())
    file.write_text(svg.of(shown.picture, "a title"))
"""
