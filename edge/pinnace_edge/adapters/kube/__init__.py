"""The site's KubeAPI over HTTP: dicts in, trimmed values out, timeouts on every request, verified TLS."""
