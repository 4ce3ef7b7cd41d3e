"""The tables of a corpus as typed Arrow tables: one declared type per column, never guessed from the rows.

The types come from ``schemas/``: text, double, 64-bit integer, lists and structs of them.  What the schema leaves free (an answer's
``provenance``) is JSON text.  A field that a record leaves out is null; an empty list stays an empty list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from benchmark.corpus.source import TABLES
from benchmark.errors import InputError
from benchmark.files import canonical
from benchmark.schemas import schema

if TYPE_CHECKING:
    import pyarrow as pa


def table_schema(table: str) -> pa.Schema:
    """The Arrow schema of a table (``answers``, ...), columns in the order of its JSON Schema."""
    import pyarrow as pa

    return pa.schema([pa.field(name, _arrow_type(spec)) for name, spec in schema(TABLES[table])["properties"].items()])


def to_arrow(table: str, documents: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Documents of one table, in their order, with the columns of ``table_schema``.

    Raises InputError naming the record and the field where a value has no place in its column.
    """
    import pyarrow as pa

    properties, key = schema(TABLES[table])["properties"], f"{TABLES[table]}_id"
    rows = [{name: fitted(spec, document.get(name)) for name, spec in properties.items()} for document in documents]
    columns = []
    for field in table_schema(table):
        values = [row[field.name] for row in rows]
        try:
            columns.append(pa.array(values, field.type))
        except (pa.ArrowException, OverflowError, UnicodeEncodeError, TypeError):
            raise InputError(
                [_unwritable(table, row[key], field, row[field.name]) for row in rows if not _fits(field, row)]
            ) from None
    return pa.Table.from_arrays(columns, schema=table_schema(table))


def fitted(spec: Mapping[str, Any], value: Any) -> Any:
    """A JSON value as its column takes it: whole numbers as integers where the column is one, free objects as JSON text."""
    if value is None:
        return None
    kind = _kind(spec)
    if kind == "array":
        return [fitted(spec["items"], item) for item in value]
    if kind == "object":
        if "properties" not in spec:
            return canonical(value)
        return {name: fitted(inner, value.get(name)) for name, inner in spec["properties"].items()}
    if kind == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)
    return float(value) if kind == "number" else value


def _kind(spec: Mapping[str, Any]) -> str:
    """The JSON type of a schema, null left out."""
    if "enum" in spec:
        return "integer" if any(isinstance(value, int) for value in spec["enum"]) else "string"
    declared = spec["type"]
    return declared if isinstance(declared, str) else next(name for name in declared if name != "null")


def _arrow_type(spec: Mapping[str, Any]) -> pa.DataType:
    import pyarrow as pa

    kind = _kind(spec)
    if kind == "array":
        return pa.list_(_arrow_type(spec["items"]))
    if kind == "object" and "properties" in spec:
        return pa.struct([pa.field(name, _arrow_type(inner)) for name, inner in spec["properties"].items()])
    return {"number": pa.float64(), "integer": pa.int64()}.get(kind, pa.string())


def _fits(field: pa.Field, row: Mapping[str, Any]) -> bool:
    import pyarrow as pa

    try:
        pa.array([row[field.name]], field.type)
    except (pa.ArrowException, OverflowError, UnicodeEncodeError, TypeError):
        return False
    return True


def _unwritable(table: str, identifier: Any, field: pa.Field, value: Any) -> str:
    shown = ascii(value)
    return f"{table}: {identifier}: {field.name}: does not fit a column of {field.type}: {shown[:80]}"
