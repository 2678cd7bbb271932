/** Style of the run's page; text has a contrast of at least 4.5 to 1 in both schemes. */
export const pageStyle = `
:root { --paper: #ffffff; --ink: #1b1f24; --soft: #57606a; --line: #d8dde3; --block: #f4f6f8; --link: #1f5f9e;
  --green: #1f6b36; --red: #b3261e; --purple: #7a3b9e; --amber: #8a5a00; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14181d; --ink: #e8ecf1; --soft: #a5afba; --line: #323a44; --block: #1d232a; --link: #82b8ef;
    --green: #6cc985; --red: #f58a84; --purple: #cf9df0; --amber: #e5b45a; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .2rem; }
h3, h4 { font-size: 1rem; margin: 1rem 0 .3rem; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, .wide:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.counts { font-size: 1.1rem; margin: .2rem 0; }
.about, .reason { color: var(--soft); }
.about { margin: 0 0 .8rem; }
.reason { font-size: .9rem; white-space: pre-wrap; }
nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; list-style: none; margin: .4rem 0 0; padding: 0; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; color: var(--soft); font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th[scope="row"] { font-weight: 600; white-space: nowrap; }
.number { text-align: right; padding-right: 0; white-space: nowrap; font-variant-numeric: tabular-nums; }
.badge { font-weight: 600; white-space: nowrap; font-size: .95rem; }
.passed { color: var(--green); } .failed { color: var(--red); } .undetermined { color: var(--purple); } .flaky, .known { color: var(--amber); }
.not-applicable, .skipped { color: var(--soft); }
details { margin: .7rem 0; border-left: 3px solid var(--line); padding-left: .9rem; }
summary { cursor: pointer; }
pre { background: var(--block); padding: .8rem; border-radius: 4px; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; font: 13.5px/1.5 ui-monospace, monospace; }
code { font: 13.5px ui-monospace, monospace; }
dl { margin: 0; } dl div { display: flex; gap: 1rem; } dt { flex: 0 0 8rem; color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; } .wide svg { display: block; max-width: 100%; height: auto; min-width: 44rem; }
.columns { columns: 16rem; padding-left: 1.2rem; margin: .2rem 0; }
@media (max-width: 40rem) { body { padding: .8rem; } th[scope="row"] { white-space: normal; } }
@media print { details:not([open]) { display: none; } body { max-width: none; } }
`;
