/** The look of the HTML report: in an editor it takes the editor's colours. */
import { PICTURE_STYLE } from './picture.ts';

export const STYLE = `
:root { color-scheme: light dark; --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --ground: #ffffff; --raised: #f6f8fa;
  --bad: #cf222e; --bad-ground: #ffebe9; --good: #1a7f37; --good-ground: #dafbe1; --blue: #0969da; --warm: #9a6700; --warm-ground: #fff8c5 }
@media (prefers-color-scheme: dark) { :root { --ink: #f0f6fc; --soft: #9198a1; --line: #3d444d; --ground: #0d1117; --raised: #151b23;
  --bad: #ff8182; --bad-ground: #3c1618; --good: #3fb950; --good-ground: #12261e; --blue: #4493f8; --warm: #d29922; --warm-ground: #272115 } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 76rem; padding: 2.25rem 1.5rem 5rem; color: var(--ink); background: var(--ground);
  font: 14px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; font-variant-numeric: tabular-nums }
header { margin-bottom: 1.5rem } h1 { font-size: 1.6rem; line-height: 1.25; letter-spacing: -.01em; font-weight: 650; margin: .6rem 0 1.1rem; max-width: 54rem; text-wrap: balance }
h2 { font-size: 1.12rem; font-weight: 650; margin: 2.6rem 0 .75rem; padding-bottom: .4rem; border-bottom: 1px solid var(--line) }
h2 small { font-weight: 400; font-size: .85rem; color: var(--soft); margin-left: .5rem }
h3 { font-size: .95rem; margin: 1.4rem 0 .5rem } p { margin: .4rem 0 } a { color: var(--blue); text-decoration: none } a:hover { text-decoration: underline }
.versions, .soft { color: var(--soft) } .versions code { color: var(--ink) }
.pill { display: inline-block; padding: .12rem .6rem; border-radius: 2em; font-size: .78rem; font-weight: 600; margin-right: .6rem; vertical-align: .1em }
.breaks .pill, .pill.breaks { color: var(--bad); background: var(--bad-ground) } .fits .pill, .pill.fits, .same .pill { color: var(--good); background: var(--good-ground) }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 0; padding: 0; list-style: none }
.facts a, .facts div { display: block; height: 100%; padding: .7rem .9rem; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); color: inherit }
.facts a:hover { border-color: var(--blue); text-decoration: none } .facts b { display: block; font-size: 1.45rem; font-weight: 650; line-height: 1.2 } .facts span { color: var(--soft); font-size: .85rem }
.facts .bad b, .fails { color: var(--bad) } .fails { font-weight: 600 } .holds { color: var(--good) }
.notes { border-left: 3px solid var(--warm); background: var(--warm-ground); padding: .5rem .9rem; border-radius: 4px; margin: .5rem 0 }
.findings { list-style: none; margin: 0; padding: 0; display: grid; gap: .4rem }
.findings li { display: grid; grid-template-columns: 5.2rem 6.4rem 1fr auto; gap: .75rem; align-items: baseline; padding: .5rem .8rem; border: 1px solid var(--line); border-left: 3px solid var(--good); border-radius: 6px }
.findings li.breaks { border-left-color: var(--bad) } .findings li.breaks b { color: var(--bad) } .findings li:not(.breaks) b { color: var(--good) } .findings code { color: var(--soft); background: none; padding: 0 }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100% } th { text-align: left; color: var(--soft); font-weight: 500; font-size: .85rem }
th, td { padding: .4rem 1rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top } td:last-child, th:last-child { padding-right: 0 } tr:last-child td { border-bottom: 0 }
td.number { white-space: nowrap } tr.still td { color: var(--soft) }
code { font: .88em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; background: var(--raised); padding: .1em .35em; border-radius: 4px; overflow-wrap: anywhere }
del, ins { display: block; text-decoration: none; padding: .1rem .5rem .1rem 1.4rem; border-radius: 4px; font: .88em/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; position: relative; overflow-wrap: anywhere }
del { background: var(--bad-ground) } ins { background: var(--good-ground) } del::before { content: "−" } ins::before { content: "+" } del::before, ins::before { position: absolute; left: .5rem; color: var(--soft) }
.change { padding: .65rem 0; border-bottom: 1px solid var(--line) } .change:last-child { border-bottom: 0 } .change p { margin: 0 0 .3rem } .change .soft { float: right }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(30rem, 100%), 1fr)); gap: 1rem } figure { margin: 0; padding: .6rem .7rem .5rem; border: 1px solid var(--line); border-radius: 8px }
figcaption { color: var(--soft); font-size: .85rem; padding: .1rem .3rem } svg { max-width: 100%; height: auto; display: block }
.happened td { vertical-align: middle } .why { margin: .3rem 0 .9rem } details summary { cursor: pointer; color: var(--soft); margin: .5rem 0 }
footer { margin-top: 3rem; color: var(--soft); font-size: .85rem }
@media (max-width: 46rem) { .findings li { grid-template-columns: auto 1fr } .findings li span, .findings li code { grid-column: 1 / -1 } }
@media print { body { max-width: none; padding: 0 } figure, .findings li { break-inside: avoid } }
${PICTURE_STYLE}`;
