# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""A notice as a page for the screen of a phone and for paper."""

from html import escape

STYLE = """
body{margin:0;background:#f2f2f0;color:#1a1a1a;
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:42rem;margin:0 auto;padding:1.5rem 1.25rem;background:#fff}
h1{font-size:1.4rem;line-height:1.25;margin:0 0 1rem}
h2{font-size:1rem;margin:1.75rem 0 .5rem}
ol{padding:0;margin:0;list-style:none;counter-reset:r}
ol li{counter-increment:r;border:1px solid #c9c9c4;border-radius:6px;
padding:.75rem 1rem .75rem 3rem;margin:.6rem 0;position:relative;
overflow-wrap:anywhere;break-inside:avoid}
ol li::before{content:counter(r);position:absolute;left:1rem;top:.7rem;
font-weight:700;color:#1f5f8b}
.bar{height:.5rem;background:#e4e4df;border-radius:.25rem;margin-top:.6rem;
overflow:hidden;print-color-adjust:exact;-webkit-print-color-adjust:exact}
.bar span{display:block;height:100%;background:#1f5f8b;min-width:2px}
.cautions{font-size:.875rem;color:#444;padding-left:1.1rem}
p{overflow-wrap:anywhere}
@page{size:A4;margin:18mm}
@media print{body{background:#fff;font-size:11pt}main{max-width:none;padding:0}}
""".replace("\n", "")


def notice_page(notice):
    """One notice as a whole page.

    Parameters
    ----------
    notice : dict
        From the scorer's `notice`.

    Returns
    -------
    page : str
        Holds its style, loads nothing and runs no script.
    """
    heading = escape(notice["heading"])
    reasons = "".join(
        f"<li>{escape(reason['text'])}"
        f'<div class="bar" role="img" aria-label="score {reason["score"]:.3f}">'
        f'<span style="width:{100 * reason["score"]:.1f}%"></span></div></li>'
        for reason in notice["reasons"]
    )
    cautions = "".join(f"<li>{escape(text)}</li>" for text in notice["cautions"])
    parts = [
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{heading}</title><style>{STYLE}</style></head><body><main>",
        f"<h1>{heading}</h1><p>{escape(notice['introduction'])}</p>",
        f"<ol>{reasons}</ol>" if reasons else "",
        f'<h2>Please note</h2><ul class="cautions">{cautions}</ul>' if cautions else "",
        "</main></body></html>\n",
    ]
    return "".join(parts)
