r"""Preset dictionaries of zlib (RFC 1950, section 2.2: FDICT): what every message of a kind says anyway.

A message then costs little more than its digests and signatures. A dictionary never changes: its checksum stands in
the messages made with it, and daemons in the field read no other. One that would serve better is a new one, which
sites must know before the controller writes with it.

In canonical JSON inside of a JSON string, as the texts of a head stand in it, a quote is `\"`.
"""

# A head with one bundle, whole and as a delta, without what differs: names, numbers, dates, digests, signatures.
HEAD = (
    rb'{"group":"{\"signatures\":[{\"keyid\":\"\",\"sig\":\"\"}],\"signed\":{\"_type\":\"targets\",\"expires\":\"20'
    rb":00Z\",\"spec_version\":\"1.0.31\",\"targets\":{\"/default/\":{\"custom\":{\"application\":\""
    rb"\",\"namespace\":\"default\",\"requires\":[],\"revision\":1,\"variants\":[{\"chunks\":[\"\",\""
    rb"\"],\"encoding\":\"zstd\",\"length\":1},{\"base\":\"\",\"chunks\":[\""
    rb"\"],\"encoding\":\"zstd-delta\",\"length\":1}]},\"hashes\":{\"sha256\":\"\"},\"length\":1}},\"version\":1,"
    rb'\"x-pinnace\":{\"scope\":\"group/\",\"tenant\":\"default\"}}}",'
    rb'"snapshot":"{\"signatures\":[{\"keyid\":\"\",\"sig\":\"\"}],\"signed\":{\"_type\":\"snapshot\",\"expires\":\"20'
    rb":00Z\",\"meta\":{\".json\":{\"version\":1},\"targets.json\":{\"version\":1}},"
    rb'\"spec_version\":\"1.0.31\",\"version\":1,\"x-pinnace\":{\"scope\":\"group/\",\"tenant\":\"default\"}}}",'
    rb'"targets":"{\"signatures\":[{\"keyid\":\"\",\"sig\":\"\"}],\"signed\":{\"_type\":\"targets\",'
    rb"\"delegations\":{\"keys\":{\"\":{\"keytype\":\"ed25519\",\"keyval\":{\"public\":\"\"},\"scheme\":\"ed25519\"}},"
    rb"\"roles\":[{\"keyids\":[\"\"],\"name\":\"\",\"paths\":[\"/*/*\"],\"terminating\":true,\"threshold\":1}]},"
    rb"\"expires\":\"20:00Z\",\"spec_version\":\"1.0.31\",\"targets\":{},\"version\":1,"
    rb'\"x-pinnace\":{\"scope\":\"group/\",\"tenant\":\"default\"}}}",'
    rb'"timestamp":"{\"signatures\":[{\"keyid\":\"\",\"sig\":\"\"}],\"signed\":{\"_type\":\"timestamp\",'
    rb"\"expires\":\"20:00Z\",\"meta\":{\"snapshot.json\":{\"hashes\":{\"sha256\":\"\"},\"length\":4,\"version\":1}},"
    rb'\"spec_version\":\"1.0.31\",\"version\":1,\"x-pinnace\":{\"scope\":\"group/\",\"tenant\":\"default\"}}}","v":1}'
)

# An acknowledgement, and an assignment with the targets that say who may sign it, in the same way.
CONTROL = (
    rb'"root":"{\"signatures\":[{\"keyid\":\"\",\"sig\":\"\"}],\"signed\":{\"_type\":\"root\",\"message\":\"\",\"outcome\":\"accepted\"'
    rb"\"expires_at\":\"20\"groups\":[\"\"],\"issued_at\":\"20\"labels\":{},\"node\":\"\"type\":\"assignment\","
    rb'\"v\":1,\"version\":1}}","targets":"{\"signatures\":[{\"keyid\":\"\",\"sig\":\"\"}],\"signed\":{\"_type\":\"targets\",'
    rb"\"delegations\":{\"keys\":{\"\":{\"keytype\":\"ed25519\",\"keyval\":{\"public\":\"\"},\"scheme\":\"ed25519\"}},"
    rb"\"roles\":[{\"keyids\":[\"\"],\"name\":\"control\",\"paths\":[\"nodes/*\"],\"terminating\":true,\"threshold\":1}]},"
    rb"\"expires\":\"20:00Z\",\"spec_version\":\"1.0.31\",\"targets\":{},\"version\":1,"
    rb'\"x-pinnace\":{\"scope\":\"nodes/*\",\"tenant\":\"default\"}}}","v":1}'
    rb'{"envelope":"{\"signatures\":[{\"keyid\":\"\",\"sig\":\"\"}],\"signed\":{\"journal\":\"\",\"node\":\"\",\"report\":1,'
    rb'\"sent_at\":\"20:00Z\",\"tenant\":\"default\",\"through\":1,\"type\":\"ack\",\"v\":1}}","v":1}'
)
