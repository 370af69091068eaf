from pathlib import Path

from api.store import files, migrations


def test_a_database_is_on_disk_before_it_has_its_name_and_so_is_the_name(
    tmp_path: Path, disk_log: list[tuple[str, str]]
) -> None:
    path = tmp_path / "accounts.db"

    files.build(path, migrations.ACCOUNTS, lambda _: None)

    (synced, building), named, last = disk_log
    assert (synced, Path(building).name) == ("sync", "accounts.db")
    assert named == ("name", str(path))
    assert last == ("sync", str(tmp_path))
