"""The controller's private keys and what they sign: trust root, heads of groups, messages to nodes.

With `verifying` the only place of the controller that imports cryptography, tuf and securesystemslib.
"""
