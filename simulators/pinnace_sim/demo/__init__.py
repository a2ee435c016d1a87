"""`make demo`: the main job on real processes, told to a person and proven step by step.

A controller, a broker and three sites, each with a KubeAPI, a link to the broker and a daemon. The demo acts as an
operator (by the HTTP API) and as somebody at a site (by requests to its KubeAPI); what it claims it has observed there.
"""
