"""Server-side apply and its book of owners: pure functions from objects to objects.

Reads no clock, changes no argument.

    applying.apply(kind, live, patch, manager, force=..., now=..., reset=...) -> Merged | Conflicts | Mistyped
        `live` None: the object does not exist yet. Raises nothing: the three are values.
        Merged.object has the new managedFields; it is `live` itself if nothing changed.
        Conflicts.message and Conflicts.causes() are the KubeAPI's (409). Mistyped.message too (500, without a reason).
    updating.update(kind, live, new, manager, now=..., reset=...) -> object
        The new object of a POST, PUT or PATCH (with its defaults), with the new managedFields.
    updating.settled(live, new) -> object
        `live` if `new` differs by nothing but the times of managedFields: then nothing is written.
    strategic.merge(kind, live, patch) -> object
        kubectl's own patch of built-in kinds (application/strategic-merge-patch+json).

`reset` are fields that this path of the API does not write (`fields.STATUS` for the object itself, `fields.SPEC` for
its status): nobody comes to own them there. `now` is RFC 3339 in UTC with whole seconds.
"""
