"""Parquet with one way of writing: the same rows, written by the same pyarrow, are the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from benchmark.publish.configs import CONFIGS, Tables

if TYPE_CHECKING:
    import pyarrow as pa

ROW_GROUP = 1000
"""Rows read at once when streaming."""


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write a table; every setting that shapes the bytes is fixed here rather than left to a library's defaults."""
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(
        table,
        path,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=9,
        row_group_size=ROW_GROUP,
        use_dictionary=True,
        write_statistics=True,
        store_schema=False,
    )


def parquet_path(config: str, split: str) -> str:
    """Where a split of a config lies, from the root of the build."""
    return f"{config}/{split}.parquet"


def read_tables(folder: Path) -> Tables:
    """Every config and split of a build, as its files have them; none for a folder without."""
    import pyarrow.parquet as pq

    found: Tables = {}
    for config in CONFIGS:
        paths = sorted((folder / config).glob("*.parquet"), key=lambda path: _ORDER.get(path.stem, len(_ORDER)))
        for path in paths:
            found.setdefault(config, {})[path.stem] = pq.read_table(path)
    return found


_ORDER = {name: i for i, name in enumerate(("train", "validation", "test", "full"))}
