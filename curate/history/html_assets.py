"""The style and the script of a page, which stand in it: a page asks nothing of the network."""

from typing import Final

STYLE: Final = """
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--dim:#5b6470;--line:#d9dee4;
--panel:#f5f7f9;--a:#8a63d2;--b:#0b7fab;--c:#2c8a4b;--d:#b8741a;--e:#c2405f;--f:#6b7480;--removed:#b3261e;--added:#1a7f37;--edited:#9a6700;--moved:#0b7fab;
--del:#ffdcd8;--ins:#d2f4d9;--mark:#fff3bf}
@media (prefers-color-scheme:dark){:root{--paper:#14171b;--ink:#e4e8ec;--dim:#98a2ad;--line:#323940;
--panel:#1c2127;--a:#b79bf0;--b:#58b8dd;--c:#63d07f;--d:#e3a95a;--e:#f08aa3;--f:#9aa4af;--removed:#ff8f85;--added:#63d07f;--edited:#e3b341;
--moved:#58b8dd;--del:#5c2320;--ins:#17462a;--mark:#4d4314}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:76rem;padding:1.5rem;background:var(--paper);color:var(--ink);
font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.5rem;margin:0 0 .25rem;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:2.5rem 0 .75rem;padding-bottom:.3rem;
border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:1.2rem 0 .4rem}
nav{position:sticky;top:0;background:var(--paper);padding:.5rem 0;
border-bottom:1px solid var(--line);z-index:1}
nav a{margin-right:1.1rem}
a{color:var(--b);text-decoration:none}a:hover{text-decoration:underline}
code,.id,.words,pre{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.88em}
.dim{color:var(--dim)}
.tiles{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0}
.tile{background:var(--panel);border-radius:.5rem;padding:.6rem 1rem;min-width:8rem}
.tile b{display:block;font-size:1.5rem;line-height:1.3}
.removed{color:var(--removed)}.added{color:var(--added)}.edited{color:var(--edited)}
.moved{color:var(--moved)}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.25rem .9rem .25rem 0;vertical-align:top;
border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th{font-weight:600;color:var(--dim);font-size:.85rem}
.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.wide{overflow-x:auto}
ul{margin:.3rem 0;padding-left:1.2rem}
svg{display:block;max-width:100%;height:auto}
svg text{fill:var(--dim);font:11px system-ui,sans-serif}
.va{color:var(--a)}.vb{color:var(--b)}.vc{color:var(--c)}.vd{color:var(--d)}.ve{color:var(--e)}
.vf{color:var(--f)}
.share rect{fill:currentColor;fill-opacity:.75}
.share svg{display:inline-block;vertical-align:middle;max-width:none}
.share td{white-space:nowrap;overflow-wrap:normal;border-bottom:0;padding-top:.05rem;
padding-bottom:.05rem}
.share tr.first td{border-top:1px solid var(--line);padding-top:.3rem}
.share tr.last td{padding-bottom:.3rem}
.share td.name{white-space:normal;overflow-wrap:anywhere;min-width:9rem;max-width:24rem}
.fa{fill:var(--a);fill-opacity:.55}.fb{fill:var(--b);fill-opacity:.55}
.sa{stroke:var(--a)}.sb{stroke:var(--b)}.sa,.sb{fill:none;stroke-width:2}
.axis{stroke:var(--line);stroke-width:1}.gap{stroke:var(--ink);stroke-width:1;stroke-dasharray:3 3}
.ff{fill:var(--removed);fill-opacity:.75}.fp{fill:var(--b);fill-opacity:.6}
.now{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:4 3}
.best{stroke:var(--added);stroke-width:1.5;stroke-dasharray:4 3}
svg .mark{fill:var(--ink)}
.key::before{content:"";display:inline-block;width:.8em;height:.8em;border-radius:.2em;
margin-right:.35em;vertical-align:-.05em;opacity:.7}
.kf::before{background:var(--removed)}.kp::before{background:var(--b)}
.ka::before{background:var(--a)}.kb::before{background:var(--b)}.key{margin-right:1rem}
.card{background:var(--panel);border-radius:.5rem;padding:.9rem 1.1rem;margin:.8rem 0}
.card h3{margin:0 0 .2rem}
.plots{display:flex;flex-wrap:wrap;gap:1.5rem;margin:.6rem 0}
.bar{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;margin:.6rem 0}
input[type=search]{flex:1 1 16rem}
input[type=search],select{font:inherit;padding:.35rem .6rem;border:1px solid var(--line);
border-radius:.4rem;background:var(--paper);color:var(--ink);max-width:100%}
details{border-bottom:1px solid var(--line);padding:.35rem 0}
summary{cursor:pointer;overflow-wrap:anywhere}
details[open]>summary{margin-bottom:.4rem}
.turn{margin:.35rem 0 .35rem 1rem}
.turn>span{color:var(--dim);font-size:.85rem}
.words{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--panel);border-radius:.4rem;
padding:.5rem .7rem}
del{background:var(--del);text-decoration-color:var(--removed)}
ins{background:var(--ins);text-decoration:none}
.cut{color:var(--dim)}
[hidden]{display:none}
.holds{color:var(--removed);font-weight:600}
"""

SCRIPT: Final = """
"use strict";
(function () {
  var records = Array.prototype.slice.call(document.querySelectorAll("details.record"));
  var texts = records.map(function (one) { return one.textContent.toLowerCase(); });
  var search = document.getElementById("search");
  var cause = document.getElementById("cause");
  var boxes = Array.prototype.slice.call(document.querySelectorAll("input[name=change]"));
  var shown = document.getElementById("shown");
  if (!search) { return; }
  document.getElementById("filter").hidden = false;
  function filter() {
    var words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    var kinds = {};
    boxes.forEach(function (box) { kinds[box.value] = box.checked; });
    var count = 0;
    records.forEach(function (one, at) {
      var fits = kinds[one.dataset.change] &&
        (cause.value === "" || one.dataset.cause === cause.value) &&
        words.every(function (word) { return texts[at].indexOf(word) >= 0; });
      one.hidden = !fits;
      count += fits ? 1 : 0;
    });
    shown.textContent = count.toLocaleString("en") + " of " +
      records.length.toLocaleString("en") + " records";
  }
  var waiting = 0;
  search.addEventListener("input", function () {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  });
  cause.addEventListener("change", filter);
  boxes.forEach(function (box) { box.addEventListener("change", filter); });
  document.querySelectorAll("a[data-cause]").forEach(function (link) {
    link.addEventListener("click", function () { cause.value = link.dataset.cause; filter(); });
  });
  document.getElementById("open").addEventListener("click", function (event) {
    event.preventDefault();
    var visible = records.filter(function (one) { return !one.hidden; });
    var open = !visible.every(function (one) { return one.open; });
    visible.forEach(function (one) { one.open = open; });
  });
  filter();
})();
"""
