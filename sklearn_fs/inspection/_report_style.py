# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""How the page of a report looks."""

STYLE = """
:root { color-scheme: light; --ink: #1d2430; --soft: #5b6675; --line: #dfe3e8;
  --accent: #1f77b4; --warn: #b3261e; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: #fff; line-height: 1.45;
  font: 16px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 1.2rem 1rem 3rem; }
h1 { font-size: 1.7rem; margin: .2rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line);
  padding-bottom: .2rem; }
.lead { font-size: 1.05rem; margin: .2rem 0; }
.note { background: #fff7e0; border-left: 4px solid #e0a800; padding: .5rem .8rem; }
.soft { color: var(--soft); font-size: .88em; }
code { font: .9em ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.flag { display: inline-block; background: #fdecea; color: var(--warn);
  border-radius: .6em; padding: 0 .5em; font-size: .82em; white-space: nowrap; }
.findings { list-style: none; padding: 0; }
.findings li { padding: .4rem 0; border-bottom: 1px solid var(--line); }
.pictures { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; }
.pictures img { max-width: 100%; height: auto; flex: 1 1 420px; min-width: 0; }
table { border-collapse: collapse; width: 100%; }
table.plain { width: auto; }
td, th { text-align: left; padding: .3rem .5rem; vertical-align: top; }
th { font-size: .85em; color: var(--soft); border-bottom: 2px solid var(--line); }
td { border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.bar { display: inline-block; width: 90px; height: .6em; background: #eef1f4;
  border-radius: .3em; overflow: hidden; }
.bar i { display: block; height: 100%; background: var(--accent); }
.columns tr.chosen td:first-child { box-shadow: inset 4px 0 var(--accent); }
.columns td:nth-child(3), .columns td:nth-child(6) { white-space: nowrap; }
summary { cursor: pointer; font-weight: 600; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr));
  gap: .2rem .8rem; margin: .4rem 0; font-weight: 400; }
dt { color: var(--soft); font-size: .8em; }
dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 760px) {
  .columns thead { position: absolute; left: -9999px; }
  .columns tr { display: block; border: 1px solid var(--line); border-radius: .5rem;
    margin: .7rem 0; padding: .3rem .2rem; }
  .columns tr.chosen { border-left: 4px solid var(--accent); }
  .columns tr.chosen td:first-child { box-shadow: none; }
  .columns td { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr);
    border: 0; text-align: left; padding: .15rem .5rem; }
  .columns td::before { content: attr(data-label); color: var(--soft);
    font-size: .85em; }
  .columns td:empty { display: none; }
  .columns td > div { text-align: left; min-width: 0; }
}
@media print { details { break-inside: avoid; } }
"""
