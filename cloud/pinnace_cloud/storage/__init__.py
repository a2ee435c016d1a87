"""What the controller asks of its memory: rows (values) and ports (protocols). The adapters implement the ports."""
