/** The style sheet of the board and of the issue page. It loads no image or font. */
export const BOARD_STYLE = `
:root { color-scheme: light; --ink: #172b4d; --soft: #5e6c84; --line: #dfe3ea; --ground: #f4f6fa; --blue: #0b5cd7; }
* { box-sizing: border-box; }
body { margin: 0; font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; color: var(--ink); background: var(--ground); }
a { color: var(--blue); text-decoration: none; }
a:hover { text-decoration: underline; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 10px 22px; padding: 14px 24px; background: #fff; border-bottom: 1px solid var(--line); }
header h1 { margin: 0; font-size: 18px; }
header h1 small { margin-left: 8px; padding: 2px 8px; border-radius: 10px; font-size: 11px; font-weight: 600; color: #5b3a00; background: #ffe8b3; vertical-align: 2px; }
.counts { display: flex; flex-wrap: wrap; gap: 8px; margin-left: auto; }
.count { padding: 3px 11px; border: 1px solid var(--line); border-radius: 14px; background: #fff; color: var(--soft); }
.count b { color: var(--ink); }
.board { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(270px, 1fr); gap: 16px; padding: 18px 24px 32px; align-items: start; overflow-x: auto; }
.column { background: #e9edf4; border-radius: 10px; padding: 10px; border-top: 4px solid #8993a4; }
.column.indeterminate { border-top-color: var(--blue); }
.column.done { border-top-color: #1f845a; }
.column h2 { display: flex; align-items: center; gap: 8px; margin: 2px 4px 10px; font-size: 12px; letter-spacing: .05em; text-transform: uppercase; color: var(--soft); }
.column h2 span { margin-left: auto; padding: 0 9px; border-radius: 10px; background: #fff; color: var(--ink); letter-spacing: 0; }
.card { margin-bottom: 8px; padding: 10px 12px; border-radius: 8px; border-left: 4px solid #8993a4; background: #fff; box-shadow: 0 1px 2px rgba(9, 30, 66, .16); }
.card.p1 { border-left-color: #c9372c; }
.card.p2 { border-left-color: #e56910; }
.card.p3 { border-left-color: #cf9f02; }
.card.p4 { border-left-color: #2898bd; }
.card.p5 { border-left-color: #8993a4; }
.column.done .card { opacity: .82; }
.card .top { display: flex; align-items: center; gap: 8px; font-size: 12px; }
.card .top .key { font-weight: 600; }
.column.done .key { text-decoration: line-through; }
.card .summary { margin: 5px 0 8px; overflow-wrap: anywhere; }
.chips { display: flex; flex-wrap: wrap; gap: 4px; font-size: 11px; }
.chip { max-width: 100%; padding: 1px 7px; border-radius: 4px; background: #eef1f6; color: var(--soft); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.chip.mark { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 10px; background: #f5f3ff; color: #5e4db2; }
.chip.due { background: #e7f2ff; color: #0b4da8; }
.chip.late { background: #ffe2dd; color: #a5281b; font-weight: 600; }
.chip.said { background: #e3f6ec; color: #196c4a; }
.project { padding: 1px 8px; border-radius: 4px; font-size: 11px; font-weight: 700; color: #fff; background: #44546f; }
.project.c0 { background: #6e5dc6; }
.project.c1 { background: #0c66e4; }
.project.c2 { background: #1f845a; }
.project.c3 { background: #ae4787; }
.priority { margin-left: auto; color: var(--soft); }
.empty { padding: 18px 8px; text-align: center; color: var(--soft); }
main.issue { max-width: 980px; margin: 22px auto 48px; padding: 26px 32px; border: 1px solid var(--line); border-radius: 10px; background: #fff; overflow-wrap: anywhere; }
main.issue h1 { margin: 6px 0 14px; font-size: 21px; line-height: 1.3; }
main.issue > h2 { margin: 28px 0 8px; padding-bottom: 4px; border-bottom: 1px solid var(--line); font-size: 15px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 5px 18px; margin: 0; padding: 14px 16px; border-radius: 8px; background: var(--ground); }
dt { color: var(--soft); }
dd { margin: 0; }
.status { padding: 2px 9px; border-radius: 4px; font-size: 12px; font-weight: 700; color: #44546f; background: #dfe3ea; }
.status.indeterminate { color: #0b4da8; background: #dceaff; }
.status.done { color: #165c3f; background: #d3f5e3; }
table { width: 100%; border-collapse: collapse; margin: 8px 0; }
th, td { padding: 6px 10px; border: 1px solid var(--line); text-align: left; vertical-align: top; }
th { width: 150px; background: var(--ground); }
th p, td p { margin: 0; }
code { padding: 1px 4px; border-radius: 3px; background: #eef1f6; font: 12.5px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { padding: 11px 13px; border-radius: 6px; background: #172b4d; color: #f4f6fa; white-space: pre-wrap; }
pre code { padding: 0; background: none; color: inherit; }
.panel { margin: 8px 0; padding: 8px 14px; border-radius: 6px; background: #e9f2ff; }
.panel.warning, .panel.note { background: #fff7d6; }
.panel.error { background: #ffeceb; }
.panel.success { background: #dcfff1; }
.comment { margin: 10px 0; padding: 8px 16px; border: 1px solid var(--line); border-left: 4px solid #1f845a; border-radius: 6px; }
.comment .who, .changes { color: var(--soft); font-size: 12.5px; }
.changes { padding-left: 18px; }
@media (max-width: 700px) {
  header { padding: 12px 16px; }
  .counts { margin-left: 0; }
  .board { grid-auto-flow: row; grid-auto-columns: auto; grid-template-columns: minmax(0, 1fr); padding: 12px; }
  .card .top { flex-wrap: wrap; }
  main.issue { margin: 12px; padding: 16px; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: 8px; }
  th { width: 96px; }
  th, td { padding: 5px 7px; }
}
`;
