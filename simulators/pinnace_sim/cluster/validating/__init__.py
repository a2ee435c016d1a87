"""What kube-apiserver checks beyond the schema, in its words: the rules that people meet most, not all of them.

validation.check_new(resource, item)             raises Refused (422 Invalid)
validation.check_changed(resource, item, live)   the same, and what may not change
"""
