"""Pure rules of the controller: values in, values out; no store, no clock, no broker."""
