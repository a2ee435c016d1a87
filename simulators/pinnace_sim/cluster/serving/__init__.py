"""The rim: HTTP/1.1 in front of the core. `api` turns requests into answers; `server` moves them over sockets."""
