"""The policy `override`: changes, adds, replaces and selects components, by KubeVela's rules.

A component of another type that a name matches is replaced; a name without a match adds a component. Without a name all
components are meant, or all of the type. Maps merge, everything else is replaced. Traits are merged by type. `selector`
keeps the components that it names. KubeVela passes over what is not there; here it is said.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pinnace_cloud.render import drafts
from pinnace_cloud.render.drafts import Draft, TraitDraft
from pinnace_cloud.render.layers import Layer
from pinnace_cloud.render.policies import override_parameters
from pinnace_cloud.render.policies.override_parameters import ComponentPatch, OverrideParameters, TraitPatch
from pinnace_schemas import diagnostics
from pinnace_schemas.application import Component, Trait
from pinnace_schemas.diagnostics import Diagnostic, Parts
from pinnace_schemas.reasons import Reason

Drafts = tuple[Draft, ...]


class Override:
    """Changes, adds, replaces and selects components for the topologies that it is deployed with."""

    name = "override"
    parameters = OverrideParameters

    def change(
        self, parameters: OverrideParameters, path: Parts, components: Drafts
    ) -> tuple[Drafts, tuple[Diagnostic, ...]]:
        """What the components become, and problems with paths in the Application. `path` is that of the policy."""
        at = (*path, "properties", "components"), (*path, "properties", "selector")
        return changed(components, parameters.components, parameters.selector, at)


def changed(
    components: Drafts, patches: Sequence[ComponentPatch], selector: Sequence[str] | None, at: tuple[Parts, Parts]
) -> tuple[Drafts, tuple[Diagnostic, ...]]:
    """What the components become, and problems with paths in the Application. `at`: where the lists stand there."""
    found: list[Diagnostic] = []
    for index, patch in enumerate(patches):
        components = _patched(components, patch, (*at[0], index), found)
    if selector is not None:
        components = _selected(components, selector, at[1], found)
    return components, tuple(found)


def _selected(components: Drafts, names: Sequence[str], path: Parts, found: list[Diagnostic]) -> Drafts:
    """A slip of the pen would take components from sites."""
    known = {item.key for item in components}
    for index, name in enumerate(names):
        if name not in known:
            hint = _near(name, known, found)
            found.append(diagnostics.error(Reason.INVALID, f"no component is called '{name}'", *path, index, hint=hint))
    wanted = frozenset(names)
    return tuple(item for item in components if item.key in wanted)


def _patched(components: Drafts, patch: ComponentPatch, path: Parts, found: list[Diagnostic]) -> Drafts:
    meant = frozenset(_meant(components, patch))
    if meant:
        found += _vain_traits(meant, patch, path)
        found += (problem for item in meant if _is_of_type(item, patch) for problem in _lost_traits(item))
        return tuple(_over(item, patch, path) if item in meant else item for item in components)
    if patch.name and patch.type:
        return (*components, _new(patch.name, patch, path))
    found += _vain(components, patch, path, found)
    return components


def _meant(components: Drafts, patch: ComponentPatch) -> Iterable[Draft]:
    if not patch.name:
        return (item for item in components if _is_of_type(item, patch))
    matches = override_parameters.matcher(patch.name)
    return (item for item in components if matches(item.key))


def _vain(components: Drafts, patch: ComponentPatch, path: Parts, found: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """A patch that means no component and adds none."""
    if patch.name:
        hint = _near(patch.name, (item.key for item in components), found)
        message = f"no component is called '{patch.name}', and a new one needs a type"
        yield diagnostics.error(Reason.INVALID, message, *path, "name", hint=hint)
    elif patch.type:
        hint = _near(patch.type, {item.component.type for item in components}, found)
        yield diagnostics.warning(Reason.INVALID, f"no component is a '{patch.type}' here", *path, "type", hint=hint)


def _vain_traits(meant: Iterable[Draft], patch: ComponentPatch, path: Parts) -> Iterator[Diagnostic]:
    """Traits to take away that none of the components has."""
    unwanted = [(item, at) for item, at in _traits_of(patch, path) if item.disable]
    known = {_trait_key(item.trait) for draft in meant for item in draft.traits} if unwanted else set()
    for item, at in unwanted:
        if _trait_key(item) not in known:
            yield diagnostics.warning(Reason.INVALID, f"no component has a trait '{item.type}' here", *at)


def _lost_traits(item: Draft) -> Iterator[Diagnostic]:
    """Of two traits of one type and name only the last is left, and not all that a person wrote has an effect."""
    last = {_trait_key(trait.trait): trait for trait in item.traits}
    for trait in item.traits:
        if trait.trait != last[_trait_key(trait.trait)].trait:
            message = (
                f"is lost where an override meets it: another '{trait.trait.type}' of this component takes its place"
            )
            yield diagnostics.warning(Reason.INVALID, message, *trait.path, hint="give each of them a 'name'")


def _near(wanted: str, known: Iterable[str], found: Sequence[Diagnostic]) -> str:
    return diagnostics.did_you_mean(wanted, known) if len(found) < diagnostics.MAX_HINTS else ""


def _over(item: Draft, patch: ComponentPatch, path: Parts) -> Draft:
    return _merged(item, patch, path) if _is_of_type(item, patch) else _new(item.key, patch, path)


def _is_of_type(item: Draft, patch: ComponentPatch) -> bool:
    return patch.type in ("", item.component.type)


def _new(key: str, patch: ComponentPatch, path: Parts) -> Draft:
    traits = tuple(_new_trait(item, at) for item, at in _traits_of(patch, path) if not item.disable)
    component = Component(name=patch.name, type=patch.type, properties=patch.properties, traits=_plain(traits))
    return Draft(key, component, path, Layer((*path, "properties"), patch.properties), traits)


def _merged(item: Draft, patch: ComponentPatch, path: Parts) -> Draft:
    traits = _merged_traits(item.traits, _traits_of(patch, path))
    found = item.merged(patch.properties, (*path, "properties")).with_traits(traits)
    revision = patch.external_revision or item.component.external_revision
    return replace(found, component=found.component.model_copy(update={"external_revision": revision}))


def _plain(traits: tuple[TraitDraft, ...]) -> tuple[Trait, ...]:
    return tuple(item.trait for item in traits)


def _traits_of(patch: ComponentPatch, path: Parts) -> Iterable[tuple[TraitPatch, Parts]]:
    return [(item, (*path, "traits", index)) for index, item in enumerate(patch.traits)]


def _merged_traits(base: tuple[TraitDraft, ...], patches: Iterable[tuple[TraitPatch, Parts]]) -> tuple[TraitDraft, ...]:
    """Of two traits of one type and name the last one wins, twice: they stand where they stood."""
    order = [_trait_key(item.trait) for item in base]
    traits = {_trait_key(item.trait): item for item in base}
    for patch, path in patches:
        key = _trait_key(patch)
        if patch.disable:
            traits.pop(key, None)
            order = [one for one in order if one != key]
        elif key in traits:
            traits[key] = traits[key].merged(patch.properties, (*path, "properties"))
        else:
            traits[key] = _new_trait(patch, path)
            order.append(key)
    return tuple(traits[key] for key in order)


def _trait_key(item: Trait | TraitPatch) -> tuple[str, str | None]:
    return item.type, item.name


def _new_trait(patch: TraitPatch, path: Parts) -> TraitDraft:
    return drafts.trait_draft(Trait(type=patch.type, name=patch.name, properties=patch.properties), path)
