# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The part of a table that was chosen, as a new file; whole or not at all."""

import codecs
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

from sklearn_fs._cli_common import CommandError, check_columns, one_line
from sklearn_fs._cli_files import check_file_place, split_names
from sklearn_fs._table_copy import OutputError, copy_table
from sklearn_fs._table_files import TableStream, read_table
from sklearn_fs._table_form import TableForm, form_to_write
from sklearn_fs.feature_selection._rank_streams import text_types

_OPTION = "--output"


def add_output_options(parser):
    """What says where the new table goes."""
    parser.add_argument(
        "-o",
        _OPTION,
        metavar="FILE",
        help="write the chosen part here; the ending tells the format (.csv, .tsv, "
        ".parquet, also .csv.gz), without one it is that of the input. Fields of text "
        "are copied as they stand",
    )
    parser.add_argument(
        "--force", action="store_true", help="replace the output if it exists"
    )


class SourceTable:
    """The file that a command chooses from.

    Parameters
    ----------
    arguments : Namespace
        With `file`, what says how to read it, `output` and `force`.

    Attributes
    ----------
    path : Path
        The file.
    names : list of str
        Its columns.
    nested : list of str
        Those of lists or records.
    text : list of str
        Those that are words even where they look like numbers.
    """

    def __init__(self, arguments):
        self.path = Path(arguments.file)
        self.encoding = arguments.encoding
        self.null_words = split_names(arguments.missing_values)
        try:
            codecs.lookup(self.encoding)
        except LookupError as error:
            raise CommandError(
                f"--encoding {self.encoding} is unknown; utf-8, latin-1, cp1252 and "
                "utf-16 are common"
            ) from error
        if self.path.exists() and not (self.path.is_file() or self.path.is_dir()):
            raise CommandError(
                f"{self.path} is read twice and must be a file; save it first"
            )
        self.text = split_names(arguments.text)
        self.decimal = arguments.decimal
        stream = TableStream(
            self.path,
            encoding=self.encoding,
            null_words=self.null_words,
            types=text_types(self.text),
            delimiter=arguments.delimiter,
            decimal=self.decimal,
        )
        self.names, self.nested = stream.names, stream.nested
        self.form = TableForm(stream.is_parquet)
        if not stream.is_parquet:
            self.form.delimiter = stream.delimiter
        self._stat = self._look()
        self.output = None
        if arguments.output:
            self.output, self.force = Path(arguments.output), arguments.force
            self.new_form = form_to_write(self.output, self.form)

    def read(self):
        """The whole table.

        Returns
        -------
        table : pyarrow.Table
        """
        return read_table(
            self.path,
            encoding=self.encoding,
            null_words=self.null_words,
            delimiter=self.form.delimiter,
            decimal=self.decimal,
            text=self.text,
        )

    def check(self, option, asked):
        """Say which of the names is no column."""
        check_columns(option, asked, self.names, self.path)

    def _look(self):
        found = self.path.stat()
        return found.st_size, found.st_mtime_ns

    @contextmanager
    def new_file(self):
        """A name for the new file that becomes the wanted one at the end.

        Yields
        ------
        partial : Path or None
            None if no file is wanted.
        """
        if self.output is None:
            yield None
            return
        path = self.output
        check_file_place(path, _OPTION)
        self._check_free(path)
        try:
            folder = tempfile.TemporaryDirectory(
                dir=path.absolute().parent, prefix=".partial-"
            )
        except OSError as error:
            raise _not_written(path, error.strerror or one_line(error)) from error
        with folder:
            partial = Path(folder.name) / path.name
            try:
                yield partial
                # It may have been made meanwhile.
                self._check_free(path)
                os.replace(partial, path)
            except OutputError as error:
                raise _not_written(path, error) from error

    def _check_free(self, path):
        if not os.path.lexists(path):
            return
        if path.exists() and path.samefile(self.path):
            raise CommandError(f"{_OPTION} {path} is the input; name another file")
        if not self.force:
            raise CommandError(
                f"{_OPTION} {path} exists; name another file, or replace it with "
                "--force"
            )

    def write(self, partial, columns, rows=None, extra=None):
        """Copy the chosen columns and rows, and say so.

        Parameters
        ----------
        partial : Path
            From `new_file`.
        columns : collection of str
            Names of the columns.
        rows : ndarray of shape (n_rows,), bool, default=None
            The rows; None: all.
        extra : dict of str to ndarray, default=None
            Columns of whole numbers to add.

        Returns
        -------
        text : str
            What was written, for the screen.
        """
        if self._look() != self._stat:
            raise CommandError(f"{self.path} has changed meanwhile; run this again")
        n_rows = copy_table(
            self.path,
            partial,
            old=self.form,
            new=self.new_form,
            columns=[name in columns for name in self.names],
            rows=rows,
            extra=extra,
            encoding=self.encoding,
            null_words=self.null_words,
            decimal=self.decimal,
        )
        n_columns = len(columns) + len(extra or ())
        return f"wrote {self.output}: {n_rows:,} rows, {n_columns:,} columns"


def _not_written(path, reason):
    return CommandError(f"{_OPTION} {path} cannot be written: {reason}")
