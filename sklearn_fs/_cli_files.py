# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Text files that are written whole or not at all, and tables of people."""

import os
import tempfile
from pathlib import Path

from sklearn_fs._cli_common import CommandError, listed, one_line
from sklearn_fs._optional import import_optional
from sklearn_fs._table_files import read_table
from sklearn_fs.recourse._names import unknown_name


def add_table_options(parser):
    """What says how a table of people is read."""
    parser.add_argument(
        "--missing-values",
        metavar="WORDS",
        default="",
        help="words that mean missing, with commas; empty cells always do",
    )
    parser.add_argument("--encoding", default="utf-8", help="of a text file (utf-8)")
    parser.add_argument(
        "--delimiter", default=None, help="of a text file (as its header has it)"
    )
    parser.add_argument(
        "--decimal", choices=[".", ","], default=".", help="mark of a text file (.)"
    )


def split_names(text):
    """Names from a list with commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def read_people(arguments):
    """Read FILE as a frame of pandas; words become categories.

    Returns
    -------
    people : DataFrame
    """
    import_optional("pandas", needed_by="a table of people")
    table = read_table(
        arguments.file,
        encoding=arguments.encoding,
        null_words=split_names(arguments.missing_values),
        delimiter=arguments.delimiter,
        decimal=arguments.decimal,
    )
    return table.to_pandas()


def drop_column(people, name, *, where):
    """Leave one column out, by name.

    Returns
    -------
    people : DataFrame
    """
    if name not in people.columns:
        raise CommandError(unknown_name(name, list(people.columns), where=where))
    if len(people.columns) == 1:
        raise CommandError(f"{where} {name}: the file has no other column")
    return people.drop(columns=name)


def check_file_place(path, option):
    """Say at once that a file cannot be written there."""
    if path.is_dir():
        raise CommandError(f"{option} {path} is a folder; name a file in it")
    if not path.absolute().parent.is_dir():
        raise CommandError(f"{option} {path}: there is no folder {path.parent}")


def check_not_input(outputs, inputs, option):
    """Say that a file to write is one of those that are read.

    Parameters
    ----------
    outputs : sequence of Path
        Files to write, which need not exist.
    inputs : sequence of str or Path
        Files that are read.
    option : str
        What names the outputs.
    """
    for path in outputs:
        for source in inputs:
            if path.exists() and Path(source).exists() and path.samefile(source):
                raise CommandError(
                    f"{option}: {path} is the input and would be lost; name another "
                    "place"
                )


def write_text(path, text):
    """Write one file, whole or not at all."""
    write_texts(path.absolute().parent, {path.name: text}, what=str(path))


def write_texts(folder, texts, *, what=None):
    """Write files into a folder: first all to temporary names, then all in place.

    Parameters
    ----------
    folder : Path
        Made if it does not exist; taken away again if nothing can be written.
    texts : dict of str to str
        Content by path below the folder.
    what : str, default=None
        What the error says cannot be written; None: the folder.
    """
    made = []
    try:
        _make(folder, made)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".partial-") as partial:
            for i, text in enumerate(texts.values()):
                # As it is: csv writes its own line ends.
                with open(
                    Path(partial) / str(i), "w", encoding="utf-8", newline=""
                ) as stream:
                    stream.write(text)
            for i, name in enumerate(texts):
                _make((folder / name).parent, made)
                # In one folder, hence on one disk: the new file is there at once.
                os.replace(Path(partial) / str(i), folder / name)
    except OSError as error:
        for path in reversed(made):
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        reason = error.strerror or one_line(error)
        raise CommandError(f"{what or folder} cannot be written: {reason}") from error


def _make(folder, made):
    """Make a folder and its parents; remember which are new."""
    new = []
    while not folder.exists():
        new.append(folder)
        folder = folder.parent
    for path in reversed(new):
        path.mkdir()
        made.append(path)


def say_left_out(names):
    """One line about columns of the file that nobody needs."""
    if names:
        print(f"left out, not in the action set: {listed(names)}")
