// SPDX-License-Identifier: Apache-2.0
// The style sheet and the script of the HTML page.
#include "report/html_write.h"

// Contrast of text is 4.5 : 1 at least in both schemes (WCAG AA). Red never stands alone:
// what fails is also named, marked by a cross, or a bar of another height.
const char *const html_style[] = {
	":root{color-scheme:light dark;--back:#fff;--text:#1b2126;--soft:#56616b;"
	"--line:#d8dde2;--rest:#85919d;--mark:#1d5c86;--bad:#b3261e}",
	"@media (prefers-color-scheme:dark){:root{--back:#13171b;--text:#e6eaed;"
	"--soft:#a3aeb8;--line:#343d45;--rest:#66747f;--mark:#6fb4e0;--bad:#ff8b80}}",
	"*{box-sizing:border-box}",
	"body{margin:0;background:var(--back);color:var(--text);"
	"font:16px/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\","
	"\"Noto Sans\",Arial,sans-serif;font-variant-numeric:tabular-nums}",
	"main,header,footer{max-width:66rem;margin:0 auto;padding:0 1.5rem}",
	"header{padding-top:3.5rem}",
	".over{margin:0;color:var(--soft);font-size:.875rem}",
	"h1{margin:.5rem 0 .75rem;max-width:24em;font-size:1.9rem;line-height:1.25;"
	"font-weight:600;text-wrap:balance}",
	"h2{margin:0 0 .5rem;font-size:1.25rem;line-height:1.3;font-weight:600}",
	"p{margin:0 0 1rem;max-width:44em}",
	".note,figcaption,caption{color:var(--soft);font-size:.875rem;max-width:46em}",
	"section{margin:3.5rem 0 0}",
	".big{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.25rem,1fr));"
	"gap:1.25rem 1.5rem;margin:2rem 0 0;padding:1.25rem 0;"
	"border-top:1px solid var(--line);border-bottom:1px solid var(--line)}",
	".big div{display:flex;flex-direction:column-reverse}",
	".big dt{color:var(--soft);font-size:.875rem}",
	".big dd{margin:0;font-size:1.75rem;line-height:1.2;font-weight:600}",
	".bad,.big .bad dd{color:var(--bad)}",
	"td.bad{font-weight:600}",
	"td.bad::before,.big .bad dd::before,li .bad::before{content:\"\\2715\\2009\";"
	"font-size:.75em;font-weight:600}",
	".facts{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.5rem;"
	"margin:0}",
	"time{white-space:nowrap}",
	".facts dt{color:var(--soft)}",
	".facts dd{margin:0;overflow-wrap:anywhere}",
	".wide{overflow-x:auto}.wide+.wide{margin-top:2rem}",
	"table{width:100%;border-collapse:collapse;font-size:.9375rem}",
	"caption{padding:0 0 .5rem;text-align:left;max-width:calc(100vw - 2rem)}",
	"th,td{padding:.4rem 1rem .4rem 0;border-bottom:1px solid var(--line);"
	"text-align:left;vertical-align:top}",
	"th:last-child,td:last-child{padding-right:0}",
	"thead th{color:var(--soft);font-size:.8125rem;font-weight:500;"
	"vertical-align:bottom}",
	"tbody th{font-weight:400;overflow-wrap:anywhere;min-width:9rem}",
	".n{text-align:right;white-space:nowrap}",
	"figure{margin:0}",
	"figcaption{margin:0 0 .75rem}",
	".bars{list-style:none;margin:0;padding:0}",
	".bars li{display:grid;grid-template-columns:minmax(0,18rem) 1fr 19rem;"
	"gap:0 1.25rem;align-items:center;padding:.3rem 0;"
	"border-bottom:1px solid var(--line);font-size:.9375rem;line-height:1.35}",
	".bars .name{overflow-wrap:anywhere}",
	".bars svg{width:100%;height:10px}",
	".bars .value{display:grid;grid-template-columns:6rem 1fr;gap:0 .75rem;"
	"align-items:baseline;text-align:right;white-space:nowrap}",
	".bars .value small{text-align:left}",
	".bars .value small,.soft{color:var(--soft);font-size:.875rem}",
	".bars .value small.bad{color:var(--bad)}",
	"rect.whole{fill:var(--mark)}rect.rest{fill:var(--rest)}rect.bad{fill:var(--bad)}",
	".chart{margin:0 0 1.5rem}",
	".chart svg{display:block;width:100%;height:110px;border-bottom:1px solid "
	"var(--soft)}",
	".chart .low svg{height:64px}",
	".chart h3{display:flex;justify-content:space-between;margin:1.25rem 0 .25rem;"
	"font-size:.875rem;font-weight:500;color:var(--soft)}",
	".axis{position:relative;height:1.5em;font-size:.8125rem;color:var(--soft)}",
	".axis span{position:absolute;border-left:1px solid var(--line);padding-left:4px}",
	".axis .end{border-left:0;border-right:1px solid var(--line);padding:0 4px 0 0}",
	"details{margin:.75rem 0 0}",
	"summary{cursor:pointer;color:var(--mark);font-size:.9375rem;padding:.25rem 0}",
	":focus-visible{outline:2px solid var(--mark);outline-offset:2px}",
	"code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,\"DejaVu Sans Mono\","
	"monospace;font-size:.8125rem;overflow-wrap:anywhere;display:inline-block;"
	"max-width:100%}",
	"th span{cursor:pointer;color:var(--mark)}",
	"th[aria-sort=ascending] span::after{content:\" \\2191\"}",
	"th[aria-sort=descending] span::after{content:\" \\2193\"}",
	".failing th,.failing td{overflow-wrap:anywhere;font-size:.875rem}",
	".failing{table-layout:fixed}.failing th:nth-child(1){width:29%}"
	".failing th:nth-child(2){width:22%}.failing th:nth-child(3),"
	".failing th:nth-child(4){width:10.5%}.failing td.day{white-space:nowrap}",
	".failing p{margin:0 0 .25rem}",
	".failing .soft{font-size:inherit}",
	".failing code{color:var(--soft);font-size:.75rem}",
	"footer code{white-space:nowrap}",
	"footer{margin-top:4rem;padding-top:1rem;padding-bottom:3rem;color:var(--soft);"
	"font-size:.875rem}",
	"@media (max-width:44rem){h1{font-size:1.4rem}header{padding-top:2rem}"
	"main,header,footer{padding-left:1rem;padding-right:1rem}"
	"th,td{padding-right:.6rem}th.n{white-space:normal;vertical-align:bottom}"
	".big dd{font-size:1.375rem}"
	".bars li{grid-template-columns:1fr;gap:.15rem}.bars .value{grid-template-columns:max-content 1fr}"
	".facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.5rem}"
	".axis .odd{display:none}"
	".failing thead{display:none}.failing tr{display:block;padding:.75rem 0;"
	"border-bottom:1px solid var(--line)}"
	".failing th[scope=row],.failing td,.failing .needs{display:block;width:auto;"
	"border:0;padding:.1rem 0}"
	".failing td::before{content:attr(data-label) \": \";color:var(--soft)}"
	".failing .needs p{display:inline}}",
	"@media print{@page{size:A4;margin:18mm 15mm}"
	":root{--back:#fff;--text:#000;--soft:#444;--line:#ccc;--rest:#85919d;"
	"--mark:#1d5c86;--bad:#b3261e}"
	"html{font-size:9.5pt}body{font-size:1rem}main,header,footer{max-width:none;padding:0}"
	"header{padding-top:0}section{margin-top:9mm}h1{font-size:18pt}"
	"h2,h3,figcaption,caption{break-after:avoid}tr,li,.chart,.big{break-inside:avoid}"
	"thead{display:table-header-group;break-inside:avoid}.wide{overflow:visible}"
	"details:not([open]){display:none}"
	".bars li{grid-template-columns:minmax(0,60mm) 1fr 62mm;font-size:9pt}"
	"table{font-size:9pt}.failing th,.failing td{font-size:8pt;line-height:1.35}"
	".failing code{font-size:6.5pt}.big{gap:1rem;grid-template-columns:repeat(auto-fit,minmax(6.25rem,1fr))}"
	"svg,.bad{print-color-adjust:exact;-webkit-print-color-adjust:exact}"
	"th span{color:inherit}}",
	NULL,
};

// Headings of a table of class "sorts" become buttons: spans, because a printed page does
// not repeat a <button> in its table's heading. A cell's value is its number where
// it is of class "n", else data-v, else its text.
const char html_script[] =
	"document.querySelectorAll('table.sorts').forEach(function(table){"
	"var body=table.tBodies[0];"
	"Array.prototype.forEach.call(table.tHead.rows[0].cells,function(head,index){"
	"var button=document.createElement('span');"
	"button.setAttribute('role','button');button.tabIndex=0;"
	"button.textContent=head.textContent;"
	"head.textContent='';head.appendChild(button);"
	"button.addEventListener('keydown',function(event){"
	"if(event.key==='Enter'||event.key===' '){event.preventDefault();"
	"button.click();}});"
	"button.addEventListener('click',function(){"
	"var down=head.getAttribute('aria-sort')==='ascending';"
	"Array.prototype.forEach.call(table.tHead.rows[0].cells,function(other){"
	"other.removeAttribute('aria-sort');});"
	"head.setAttribute('aria-sort',down?'descending':'ascending');"
	"var value=function(row){var cell=row.cells[index];"
	"if(cell.className.charAt(0)==='n'){"
	"return parseFloat(cell.textContent.replace(/,/g,''))||0;}"
	"return cell.dataset.v===undefined?cell.textContent:Number(cell.dataset.v);};"
	"Array.prototype.slice.call(body.rows).sort(function(a,b){"
	"var x=value(a),y=value(b);"
	"var order=typeof x==='number'?x-y:x.localeCompare(y);"
	"return down?-order:order;}).forEach(function(row){body.appendChild(row);});"
	"});});});";
