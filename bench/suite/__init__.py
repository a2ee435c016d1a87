"""One module a subject. `measure() -> Iterator[Row]` raises PartMissing where a real part is not on this machine."""
