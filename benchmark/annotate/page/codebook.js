// The codebook as it stands, drawn from its Markdown, with the round's row and links from the labels.
import { el, openDialog } from "./dom.js";

// `code` and **bold** inside a line.
function inline(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith("`")) return el("code", {}, part.slice(1, -1));
    if (part.startsWith("**")) return el("b", {}, part.slice(2, -2));
    return part.replace(/\*([^*]+)\*/g, "$1");
  });
}

const cells = (line) => line.slice(1, -1).split("|").map((cell) => cell.trim());

function tableOf(lines, round) {
  const [head, , ...rows] = lines.map(cells);
  const body = rows.map((row) => el("tr", { class: row.includes(`\`${round}\``) ? "mine" : null }, row.map((cell) => el("td", {}, inline(cell)))));
  return el("table", {}, el("thead", {}, el("tr", {}, head.map((cell) => el("th", { scope: "col" }, inline(cell))))), el("tbody", {}, body));
}

export function markdown(text, round = null) {
  const nodes = [];
  for (const block of text.split(/\n\s*\n/)) {
    const lines = block.split("\n").filter((line) => line.trim());
    while (lines.length && /^#+ /.test(lines[0])) {
      const [, marks, title] = /^(#+) (.*)/.exec(lines.shift());
      nodes.push(el(`h${Math.min(marks.length + 1, 5)}`, {}, inline(title)));
    }
    if (!lines.length) continue;
    if (lines[0].startsWith("|")) nodes.push(tableOf(lines, round));
    else if (/^(- |\d+\. )/.test(lines[0])) {
      const items = [];
      for (const line of lines) {
        if (/^(- |\d+\. )/.test(line)) items.push(line.replace(/^(- |\d+\. )/, ""));
        else items[items.length - 1] += ` ${line.trim()}`;
      }
      nodes.push(el(lines[0].startsWith("-") ? "ul" : "ol", {}, items.map((item) => el("li", {}, inline(item)))));
    } else nodes.push(el("p", {}, inline(lines.join(" "))));
  }
  return nodes;
}

// What this round asks for: its row of the codebook's table, as a sentence each.
export function roundRow(text, round) {
  const lines = text.split("\n").filter((line) => line.startsWith("|"));
  const row = lines.map(cells).find((line) => line[1] === `\`${round}\``);
  if (!row) return null;
  return el("dl", { class: "round", "aria-label": "What this round asks for" }, el("dt", {}, "Round"), el("dd", {}, row[0]), el("dt", {}, "Speed asked for"), el("dd", {}, row[2]), el("dt", {}, "Depth asked for"), el("dd", {}, row[3]), el("dt", {}, "Usual way to fail"), el("dd", {}, row[4]));
}

export function openCodebook(text, round) {
  const body = el("div", { class: "codebook", tabindex: "0" }, markdown(text, round));
  const dialog = openDialog("Codebook", body);
  const mine = dialog.querySelector("tr.mine");
  if (mine) mine.scrollIntoView({ block: "center" });
  body.focus({ preventScroll: true });
}
