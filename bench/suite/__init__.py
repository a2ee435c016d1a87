"""One module a subject. Each has `measure() -> Iterator[Row]`, which raises PartMissing where a real part is not here."""
