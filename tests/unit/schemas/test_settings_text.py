"""Settings from a text and from variables, for any model: typed by the model, refused with their place."""

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat

from pinnace_schemas import settings_text
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason
from pinnace_schemas.settings_text import Said, Written


class Inner(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    depth: int = Field(default=3, gt=0)


class Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    inner: Inner = Inner()
    width: int = 1


class Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = ""
    count: int = 1
    is_on: bool = False
    qos: Literal[0, 1] = 1
    wait_s: PositiveFloat | None = None
    span_s: Annotated[float, Field(gt=0)] | Literal["ever"] = 1.0
    path: Path | None = None
    table: Table = Table()


def read(text: str = "", beneath: dict[str, object] | None = None, /, **variables: str) -> Options:
    said = Said.parse(Options, {f"P_{name}": value for name, value in variables.items()}, "P_")
    return settings_text.settings(Options, Written.parse(Options, text, "o.toml"), said, beneath)


def refused(text: str = "", /, **variables: str) -> Rejected:
    with pytest.raises(Rejected) as caught:
        read(text, **variables)
    return caught.value


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("text", "12", "12"),
        ("text", "true", "true"),
        ("count", "12", 12),
        ("is_on", "true", True),
        ("is_on", "false", False),
        ("qos", "0", 0),
        ("wait_s", "30", 30.0),
        ("wait_s", "2.5", 2.5),
        ("span_s", "4", 4.0),
        ("span_s", "ever", "ever"),
        ("path", "7", Path("7")),
    ],
)
def test_a_variable_is_a_number_or_a_truth_where_the_setting_is_one(name: str, text: str, value: object) -> None:
    assert getattr(read(**{name.upper(): text}), name) == value


@pytest.mark.parametrize(("name", "text"), [("COUNT", "many"), ("COUNT", "1.5"), ("IS_ON", "yes"), ("WAIT_S", "soon")])
def test_what_a_variable_cannot_be_is_refused_by_its_name(name: str, text: str) -> None:
    error = refused(**{name: text})

    assert (error.reason, error.where) == (Reason.INVALID, f"P_{name}")
    assert error.message.startswith(f"{name.lower()}: ")


def test_a_text_is_never_taken_for_a_number_in_the_file() -> None:
    assert refused('count = "1"').where == "o.toml:1"


def test_tables_are_merged_setting_by_setting_however_deep() -> None:
    found = read(
        "count = 5\n[table]\nwidth = 7\n[table.inner]\ndepth = 8\n",
        {"count": 4, "text": "beneath"},
        TABLE_INNER_DEPTH="9",
    )

    assert (found.table, found.count, found.text) == (Table(inner=Inner(depth=9), width=7), 5, "beneath")


def test_a_wrong_setting_of_a_table_is_named_with_its_own_line_or_variable() -> None:
    text = "[table.inner]\n\ndepth = 0\n[table]\nwidth = 'x'\n"

    assert refused("[table.inner]\n\ndepth = 0\n").where == "o.toml:3"
    assert refused("table.width = 'x'").where == "o.toml:1"
    assert refused(text, TABLE_WIDTH="3").message.startswith("table.inner.depth: ")
    assert refused(text, TABLE_INNER_DEPTH="-4").where == "P_TABLE_INNER_DEPTH"


def test_a_value_of_no_branch_is_told_by_its_setting_alone() -> None:
    error = refused('text = ""\nspan_s = "never"\n')

    assert (error.where, error.message.split(":")[0]) == ("o.toml:2", "span_s")


def test_an_unknown_name_is_refused_at_any_depth() -> None:
    error = refused("count = 1\n[table.inner]\ndeep = 1\n")

    assert (error.reason, error.where) == (Reason.UNKNOWN_FIELD, "o.toml:3")
    assert "no setting 'table.inner.deep'; the nearest is 'depth'" in error.message


def test_the_variable_that_names_the_file_is_no_setting_and_is_known() -> None:
    assert read(CONFIG="o.toml") == Options()
    assert "nearest is 'P_CONFIG'" in refused(CONFIGG="o.toml").message


def test_variables_of_others_are_passed_over() -> None:
    assert Said.parse(Options, {"HOME": "/", "Q_COUNT": "1"}, "P_").values == {}


@pytest.mark.parametrize("text", ["count = 1\n= 2\n", "count = 1\ncount = 2\n"])
def test_what_is_no_toml_is_refused_with_its_line(text: str) -> None:
    error = refused(text)

    assert (error.reason, error.where) == (Reason.MALFORMED, "o.toml:2")
