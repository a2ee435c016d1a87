"""One module for each command; each holds a Typer named `app`, imported when the command is used."""
