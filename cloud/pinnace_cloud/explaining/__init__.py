"""What types say of themselves, for people and editors: explanations of properties, and JSON Schemas.

All of it is read from the models that check the properties, and from the texts that stand below their fields.
"""
