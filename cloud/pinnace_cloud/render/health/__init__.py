"""Health of components and traits from what a cluster says of their objects, by KubeVela's rules and in its words.

Pure: the objects are handed in. The daemon at a site judges by rules of its own; docs/kubevela.md lists where the two
differ.
"""
