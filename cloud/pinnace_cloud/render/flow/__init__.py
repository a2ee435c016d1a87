"""Values that pass from one component to another: `outputs` and `inputs`, as far as they are known before any site.

What stands in the rendered object of one component is written into the properties of another before that is rendered,
in whatever order the two were written. What exists only at a site becomes a reference where there is one, such as a key
of a Secret; anything else is refused. Who takes waits for who gives, and for those that its `dependsOn` names. Pure.
"""
