"""Types that platform teams write in CUE: KubeVela's ComponentDefinition and TraitDefinition, unchanged.

Rules only. A type asks what its template gives, as a need of the maker `cue` (see `materials.needs`); an adapter lets
the program `cue` evaluate it. Meanings are those of kubevela/kubevela, package pkg/cue/definition.
"""
