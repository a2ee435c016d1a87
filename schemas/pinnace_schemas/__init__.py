"""What the cloud and the edge agree on: formats, names, limits, reasons. No I/O, no clock, no key material."""
