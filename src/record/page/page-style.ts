/** Style of the run's page; text has a contrast of at least 4.5 to 1 in both schemes. */
export const pageStyle = `
:root { --paper: #ffffff; --ink: #1b1f24; --soft: #57606a; --line: #d8dde3; --block: #f4f6f8; --link: #1f5f9e;
  --green: #1f6b36; --red: #b3261e; --purple: #7a3b9e; --amber: #8a5a00; --pale: #fdecea; --bar: #3572b0; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14181d; --ink: #e8ecf1; --soft: #a5afba; --line: #323a44; --block: #1d232a; --link: #82b8ef;
    --green: #6cc985; --red: #f58a84; --purple: #cf9df0; --amber: #e5b45a; --pale: #3a2021; --bar: #6aa6e0; }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 82rem; padding: 1.5rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1rem; margin: 0; }
h2 { font-size: 1.25rem; margin: 2.4rem 0 .2rem; padding-top: .8rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .3rem; } h4 { font-size: 1rem; margin: 1rem 0 .3rem; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, .wide:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.first { display: grid; grid-template-columns: minmax(20rem, 1fr) minmax(0, auto); gap: 2rem; align-items: start; }
.first > div, .first figure { min-width: 0; }
.verdict { font-size: 2.2rem; line-height: 1.1; }
.sentence { font-size: 1.25rem; line-height: 1.4; margin: .5rem 0 .8rem; overflow-wrap: anywhere; }
.label { margin: .6rem 0 0; font-weight: 600; font-size: .9rem; } .label + pre { margin-top: .2rem; }
.counts { font-size: 1.05rem; margin: .6rem 0; font-weight: 600; }
.about, .reason, .soft { color: var(--soft); }
.about { margin: 0 0 .8rem; font-size: .92rem; }
.reason { font-size: .9rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; list-style: none; margin: .4rem 0 0; padding: 0; }
table { border-collapse: collapse; width: 100%; }
caption, figcaption { text-align: left; color: var(--soft); font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th[scope="row"] { font-weight: 600; white-space: nowrap; }
.matrix th, .matrix td { overflow-wrap: normal; } .matrix .cell { text-align: center; padding: .35rem .5rem; white-space: nowrap; }
.matrix td:nth-child(2) { min-width: 14rem; } .matrix thead th { font-size: .9rem; vertical-align: bottom; }
.matrix td.failed, .matrix td.undetermined { background: var(--pale); } .matrix td { font-variant-numeric: tabular-nums; }
.matrix thead .soft { font-weight: 400; }
.badge { font-weight: 600; white-space: nowrap; font-size: .95rem; }
.passed { color: var(--green); } .failed { color: var(--red); } .undetermined { color: var(--purple); } .flaky, .known { color: var(--amber); }
.not-applicable, .skipped { color: var(--soft); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
details { margin: .6rem 0; border-left: 3px solid var(--line); padding-left: .9rem; }
summary { cursor: pointer; }
.causes { padding-left: 1.1rem; } .causes > li { margin-bottom: 1rem; overflow-wrap: anywhere; }
pre { background: var(--block); padding: .7rem .8rem; margin: .5rem 0; border-radius: 4px; white-space: pre-wrap; overflow-wrap: anywhere; font: 13.5px/1.5 ui-monospace, monospace; }
code { font: 13.5px ui-monospace, monospace; }
dl { margin: .6rem 0; } dl div { display: flex; gap: 1rem; } dt { flex: 0 0 8rem; color: var(--soft); } dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
figure { margin: .8rem 0; }
.wide { position: relative; overflow-x: auto; } .wide > svg { display: block; max-width: 100%; height: auto; } .wide > svg:not(.topology) { min-width: 44rem; }
.wide > svg.bars, .wide > svg.timeline { min-width: 34rem; }
.columns { columns: 16rem; padding-left: 1.2rem; margin: .2rem 0; }
.topology text, .bars text, .timeline text { font: 14px system-ui, sans-serif; fill: var(--ink); }
svg .p-soft, svg .p-label { fill: var(--soft); font-size: 13px; } svg .p-name { font-weight: 600; font-size: 16px; } svg .p-red { fill: var(--red); }
.p-network { fill: none; stroke: var(--line); stroke-dasharray: 6 4; } .p-cluster { fill: var(--block); stroke: var(--line); stroke-width: 1.5; }
.p-pill { fill: var(--paper); stroke: var(--line); } .p-dashed { stroke-dasharray: 4 3; }
.p-broken { stroke: var(--red); stroke-width: 2; fill: var(--pale); } .p-cluster.p-broken { fill: var(--block); }
.p-way { fill: none; stroke: var(--soft); stroke-width: 2; } .p-control { stroke-dasharray: 5 4; } .p-bad { stroke: var(--red); stroke-width: 3; }
.p-cross { fill: var(--red); } .p-crossed { stroke: var(--paper); stroke-width: 2.5; fill: none; }
.b-room { fill: var(--block); } .b-bar { fill: var(--bar); } .b-bad { fill: var(--red); } .b-mark { stroke: var(--ink); stroke-width: 2; }
.t-axis { stroke: var(--line); fill: none; } .t-good { stroke: var(--bar); stroke-width: 12; } .t-bad { stroke: var(--red); stroke-width: 12; }
.t-moment { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 3 3; }
@media (max-width: 70rem) { .first { grid-template-columns: minmax(0, 1fr); gap: .5rem; } }
@media (max-width: 40rem) { body { padding: .9rem; } th[scope="row"] { white-space: normal; } dl div { display: block; } .verdict { font-size: 1.7rem; } .sentence { font-size: 1.1rem; } }
@media print {
  :root { --paper: #ffffff; --ink: #1b1f24; --soft: #57606a; --line: #d8dde3; --block: #f4f6f8; --link: #1f5f9e;
    --green: #1f6b36; --red: #b3261e; --purple: #7a3b9e; --amber: #8a5a00; --pale: #fdecea; --bar: #3572b0; }
  body { max-width: none; padding: 0; font-size: 11pt; } details:not([open]), nav { display: none; }
  .wide { overflow: visible; } .wide > svg { min-width: 0 !important; } tr, figure, pre, li { break-inside: avoid; }
}
`;
