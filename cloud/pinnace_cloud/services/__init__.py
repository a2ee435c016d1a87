"""What the controller does: reads through ports, decides by rules, writes in one transaction, then hands over."""
