"""Where the controller touches the world. Imported only by `app`, the composition root."""
